package io.inmesh.resolver.kubernetes.rule;

import static io.inmesh.resolver.kubernetes.rule.Samples.serviceWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Group F: which of two families is used. */
class FamilyRulesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{clusterIP: 'fd00::1', ipFamilies: ['IPv6', 'IPv4']} | IPv6 IPv4",
                "{clusterIP: '10.96.0.1'} | IPv4",
                "{clusterIP: 'fd00::1'} | IPv6",
                "{clusterIP: 'None', ipFamilies: ['IPv6']} | IPv6",
                "{clusterIP: 'None'} | IPv4 IPv6",
                "{clusterIP: ''} | IPv4 IPv6",
                "{clusterIP: '10.96.0.1', ipFamilies: null} | IPv4",
            })
    void a_service_s_families_are_those_it_lists_else_that_of_its_address_F2(String spec, String expected) {
        assertThat(serviceWith(spec).families()).isEqualTo(families(expected));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // service, configured, host, chosen
                "IPv4 IPv6, IPv6, IPv4, IPv6", // configured, and the service has it
                "IPv4, IPv6, IPv6, IPv4", // configured, and the service has it not
                "IPv6 IPv4, -, IPv6 IPv4, IPv6", // the primary, and the host has it
                "IPv6 IPv4, -, IPv4, IPv4", // the host has the other only
                "IPv6, -, IPv4, IPv6", // the service has no other
                "IPv6 IPv4, -, -, IPv6", // the host has none: the primary
            })
    void one_family_is_chosen_F4(String service, @Nullable String configured, @Nullable String host, String chosen) {
        AddressFamily asked = configured == null ? null : families(configured).get(0);
        Set<AddressFamily> has = host == null ? Set.of() : EnumSet.copyOf(families(host));
        assertThat(FamilyChoice.choose(families(service), asked, has)).hasToString(chosen);
    }

    private static List<AddressFamily> families(String names) {
        return Arrays.stream(names.split(" "))
                .map(name -> AddressFamily.named(name).orElseThrow())
                .toList();
    }

    @Test
    void families_are_never_mixed_and_fqdn_slices_ignored_F1_F3_F4() {
        String four = Samples.json("s4", "1", Samples.endpoint("10.1.0.1", "{}"));
        String six =
                Samples.json("s6", "1", Samples.endpoint("FD00:0::0001", "{}")).replace("'IPv4'", "'IPv6'");
        String fqdn =
                Samples.json("sf", "1", Samples.endpoint("a.example.org", "{}")).replace("'IPv4'", "'FQDN'");
        SliceContributions join = Samples.join(Samples.slice(four), Samples.slice(six), Samples.slice(fqdn));
        ServiceObject both =
                serviceWith("{clusterIP: 'fd00::9', ipFamilies: ['IPv6', 'IPv4'], ports: [{name: 'http', port: 80}]}");
        assertThat(addresses(both, join, Set.of(AddressFamily.IPV6))).containsExactly("[fd00::1]:8080");
        assertThat(addresses(both, join, Set.of(AddressFamily.IPV4))).containsExactly("10.1.0.1:8080");
    }

    private static List<String> addresses(ServiceObject service, SliceContributions join, Set<AddressFamily> host) {
        ClientPlace place = new ClientPlace(Locality.UNKNOWN, null, null, host);
        Answer.Found known = (Answer.Found) Samples.resolve(Samples.wanted("http"), service, join, place);
        return known.endpoints().stream().map(endpoint -> endpoint.address()).toList();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // service, configured, host, families with usable endpoints, chosen
                "IPv4 IPv6, -, IPv4 IPv6, IPv4 IPv6, IPv4",
                "IPv4 IPv6, -, IPv4 IPv6, IPv6, IPv6", // the preferred one has none, the other has
                "IPv4 IPv6, -, IPv4 IPv6, -, IPv4", // neither has: no reason to leave
                "IPv4 IPv6, -, IPv4, IPv6, IPv4", // the host has no address of the other
                "IPv4, -, IPv4 IPv6, IPv6, IPv4", // the service has not
                "IPv4 IPv6, IPv6, IPv4 IPv6, IPv4, IPv4", // also from a configured one
                "IPv4 IPv6, IPv6, IPv4 IPv6, IPv4 IPv6, IPv6",
            })
    void without_usable_endpoints_the_other_family_is_used_and_left_again_F5(
            String service, @Nullable String configured, String host, @Nullable String usable, String chosen) {
        AddressFamily asked = configured == null ? null : families(configured).get(0);
        List<AddressFamily> has = usable == null ? List.of() : families(usable);
        assertThat(FamilyChoice.choose(families(service), asked, EnumSet.copyOf(families(host)), has::contains))
                .hasToString(chosen);
    }

    @Test
    void the_other_family_is_looked_at_only_if_the_preferred_one_has_nothing_F5() {
        List<AddressFamily> asked = new ArrayList<>();
        FamilyChoice.choose(
                families("IPv6 IPv4"), null, EnumSet.allOf(AddressFamily.class), family -> asked.add(family));
        assertThat(asked).containsExactly(AddressFamily.IPV6);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "IPv4 IPv6, -, IPv4 IPv6, IPv4 IPv6",
                "IPv4, -, IPv4 IPv6, IPv4 IPv6",
                "IPv4, -, IPv6, IPv6 IPv4", // what this host lacks comes last
                "IPv4 IPv6, IPv6, IPv4, IPv6 IPv4", // but what is configured first
                "IPv6, -, -, IPv6 IPv4",
            })
    void outside_the_pod_network_both_families_are_tried_in_order_F4(
            String service, @Nullable String configured, @Nullable String host, String order) {
        AddressFamily asked = configured == null ? null : families(configured).get(0);
        Set<AddressFamily> has = host == null ? Set.of() : EnumSet.copyOf(families(host));
        assertThat(FamilyChoice.order(families(service), asked, has)).isEqualTo(families(order));
    }

    @Test
    void a_dual_stack_pod_keeps_its_uid_in_both_families_F6() {
        String pod = "{addresses: ['%s'], targetRef: {kind: 'Pod', uid: 'u1', name: 'shop-0'}}";
        Slice four = Samples.slice("s4", "1", String.format(pod, "10.1.0.1"));
        Slice six = Samples.slice(
                Samples.json("s6", "1", String.format(pod, "fd00::1")).replace("'IPv4'", "'IPv6'"));
        for (AddressFamily family : AddressFamily.values()) {
            assertThat(SliceJoin.endpoints(List.of(four, six), family, Samples.HTTP))
                    .singleElement()
                    .satisfies(joined -> assertThat(joined.endpoint().podUid()).isEqualTo("u1"));
        }
    }
}
