package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

    @Test
    void an_address_alone_is_usable_of_weight_one_at_an_unknown_place() {
        assertThat(Endpoint.of("10.0.0.7", 8080))
                .isEqualTo(new Endpoint(
                        "10.0.0.7:8080", "10.0.0.7", 8080, 1, Locality.UNKNOWN, Usability.usable(), null, null));
    }

    @Test
    void each_with_changes_its_own_component_and_no_other() {
        Endpoint endpoint = Endpoint.of("10.0.0.7", 8080);
        Locality place = new Locality("node-1", "zone-a");
        Usability draining = new Usability.Draining("C-4");

        Endpoint changed = endpoint.withId("uid:8080")
                .withWeight(7)
                .withLocality(place)
                .withUsability(draining)
                .withHostname("orders-0")
                .withPod("orders-0-x");

        assertThat(changed)
                .isEqualTo(new Endpoint("uid:8080", "10.0.0.7", 8080, 7, place, draining, "orders-0", "orders-0-x"));
        assertThat(changed.withPod(null).withHostname(null))
                .isEqualTo(new Endpoint("uid:8080", "10.0.0.7", 8080, 7, place, draining, null, null));
        assertThat(endpoint).as("a value").isEqualTo(Endpoint.of("10.0.0.7", 8080));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "10.0.0.7,   80, 10.0.0.7:80",
        "fd00::7,  8080, [fd00::7]:8080",
        "::1,     65535, [::1]:65535",
        "db.example,  1, db.example:1"
    })
    void the_address_puts_an_IPv6_host_in_brackets(String host, int port, String address) {
        Endpoint endpoint = Endpoint.of(host, port);

        assertThat(endpoint.address()).isEqualTo(address);
        assertThat(endpoint.id()).isEqualTo(address);
        assertThat(endpoint.hashKey()).isEqualTo(address);
    }

    @Test
    void the_hash_key_is_the_stable_name_if_there_is_one_so_that_it_outlives_the_address() {
        Endpoint before = Endpoint.of("10.0.0.7", 8080).withHostname("orders-0");
        Endpoint after = Endpoint.of("10.0.9.9", 8080).withHostname("orders-0");

        assertThat(before.hashKey()).isEqualTo("orders-0:8080").isEqualTo(after.hashKey());
        assertThat(before.withHostname("").hashKey()).as("blank is none").isEqualTo("10.0.0.7:8080");
        assertThat(before.withPod(" ").pod()).isNull();
    }

    @Test
    void an_address_without_ports_has_port_zero() {
        assertThat(Endpoint.of("in-process", Endpoint.NO_PORT).port()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void a_port_is_a_number_of_sixteen_bits(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of("10.0.0.7", port))
                .withMessage("port of 10.0.0.7: " + port + " (expected: 1..65535, or 0 for an address without ports)");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Endpoint.MAX_WEIGHT + 1, Integer.MAX_VALUE})
    void a_weight_is_zero_to_two_to_the_twentieth(int weight) {
        Endpoint endpoint = Endpoint.of("10.0.0.7", 80);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> endpoint.withWeight(weight))
                .withMessage("weight of 10.0.0.7:80: " + weight + " (expected: 0..1048576, 0 quiesces)");
        assertThat(endpoint.withWeight(0).weight()).isZero();
        assertThat(endpoint.withWeight(1_048_576).weight()).isEqualTo(Endpoint.MAX_WEIGHT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[::1]"})
    void a_host_is_an_address_without_brackets_or_a_name(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of(host, 80))
                .withMessage("host: '" + host + "' (expected: an IP address, without brackets, or a host name)");
    }

    @Test
    void an_identity_is_not_blank() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of("10.0.0.7", 80).withId(" "))
                .withMessage("id of 10.0.0.7:80: ' ' (expected: pod uid or host, ':' and port)");
    }

    @Test
    void usability_tells_its_rule() {
        assertThat(Usability.usable()).isEqualTo(new Usability.Usable()).hasToString("usable");
        assertThat(Usability.usable().isUsable()).isTrue();
        assertThat(new Usability.Draining("C-4")).hasToString("draining: C-4");
        assertThat(new Usability.Draining("C-4").isUsable()).isFalse();
        assertThat(new Usability.Unusable("not ready (C-1)")).hasToString("unusable: not ready (C-1)");
        assertThat(new Usability.Unusable("not ready (C-1)").isUsable()).isFalse();
    }
}
