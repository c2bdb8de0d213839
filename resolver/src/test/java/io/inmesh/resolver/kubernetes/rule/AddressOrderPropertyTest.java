package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.resolver.address.IpAddress;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Addresses of one family are in the order of sets, and their numbers never in another. jqwik prints the seed of a failure. */
class AddressOrderPropertyTest {

    @Provide
    Arbitrary<String> ipv4() {
        Arbitrary<Integer> part = Arbitraries.of(0, 1, 2, 9, 10, 11, 19, 100, 101, 255);
        return part.list()
                .ofSize(4)
                .map(parts -> parts.get(0) + "." + parts.get(1) + "." + parts.get(2) + "." + parts.get(3));
    }

    @Provide
    Arbitrary<String> ipv6() {
        Arbitrary<String> group = Arbitraries.of("0", "0", "1", "12", "fd00", "a", "f", "ffff");
        return group.list().ofSize(8).map(groups -> IpAddress.ipv6(String.join(":", groups))
                .orElseThrow());
    }

    @Property
    void ipv4_is_in_the_order_of_sets(@ForAll("ipv4") String one, @ForAll("ipv4") String other) {
        assertOrder(one, other);
        assertThat(AddressOrder.key(one) == AddressOrder.key(other))
                .as("the number holds all of it")
                .isEqualTo(one.equals(other));
    }

    @Property
    void ipv6_is_in_the_order_of_sets(@ForAll("ipv6") String one, @ForAll("ipv6") String other) {
        assertOrder(one, other);
    }

    private static void assertOrder(String one, String other) {
        int inSets = Integer.signum(key(one).compareTo(key(other)));
        assertThat(Integer.signum(AddressOrder.compare(one, other))).isEqualTo(inSets);
        assertThat(Long.compare(AddressOrder.key(one), AddressOrder.key(other))).isIn(0, inSets);
    }

    private static String key(String address) {
        return Endpoint.of(address, 8080).hashKey();
    }
}
