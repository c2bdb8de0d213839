package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** dh and sh. */
class IpvsTablesTest {

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 177, A", "10.0.0.2, 98, C", "192.168.1.10, 234, A"})
    @DisplayName("TV-DH-1")
    void addresses_hash_as_ipvs_hashes_them(String key, long slot, char owner) {
        assertThat(IpvsTables.legacySlot(IpvsTables.ipv4(key))).isEqualTo(slot);
        List<EndpointView> three = Hashed.equal(3);
        assertThat(Hashed.owner(Hashed.picker(new IpvsDestinationHash(), three), key))
                .isSameAs(three.get(owner - 'A'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "10.0.0",
                "10.0.0.",
                "10.0.0.256",
                "10.0.0.1.2",
                "1000.0.0.1",
                "10..0.1",
                "::1",
                "10.0.0.x"
            })
    void what_is_no_address_in_dotted_form_hashes_as_text(String key) {
        assertThat(IpvsTables.ipv4(key)).isEqualTo(-1);
        assertThat(IpvsTables.hash(key)).isEqualTo(XxHash64.hash(key));
    }

    @Test
    @DisplayName("5.8: dh ignores weights, and slot counts differ by one at most")
    void dh_gives_each_endpoint_a_slot_in_turn() {
        assertThat(Hashed.letters(IpvsTables.inTurn(3))).startsWith("ABCABCABC");
        for (int n : new int[] {1, 3, 10, 255, 256}) {
            assertThat(Arrays.stream(Hashed.counts(IpvsTables.inTurn(n), n)))
                    .allMatch(count -> count == 256 / n || count == 256 / n + 1);
        }
    }

    @Test
    @DisplayName("TV-SH-1")
    void sh_gives_each_endpoint_its_weight_in_slots() {
        int[] owners = IpvsTables.byWeight(new long[] {1, 2, 1});
        assertThat(Hashed.letters(owners)).startsWith("ABBCABBC");
        assertThat(Hashed.counts(owners, 3)).containsExactly(64, 128, 64);
    }

    @Test
    void all_requests_of_a_process_go_to_one_endpoint_and_processes_spread() {
        List<EndpointView> endpoints = Hashed.equal(8);
        long owners = java.util.stream.IntStream.range(1, 200)
                .mapToObj(i -> {
                    Picker picker = Hashed.picker(new SourceHash("10.1.0." + i), endpoints);
                    Object owner = picker.choose(PickContext.NONE);
                    for (int request = 0; request < 20; request++) {
                        assertThat(picker.choose(PickContext.NONE)).isSameAs(owner);
                    }
                    return owner;
                })
                .distinct()
                .count();
        assertThat(owners).isEqualTo(8);
    }

    @Test
    void a_request_may_name_its_caller_and_so_may_the_settings() {
        List<EndpointView> endpoints = Hashed.equal(8);
        Picker named = Hashed.picker(new SourceHash("10.1.0.1").with(Map.of("source", "10.1.0.2")), endpoints);
        Picker own = Hashed.picker(new SourceHash("10.1.0.1"), endpoints);
        assertThat(Hashed.owner(own, "10.1.0.2")).isSameAs(named.choose(PickContext.NONE));
        assertThat(own.choose(PickContext.NONE)).isNotSameAs(named.choose(PickContext.NONE));
    }

    @Test
    @DisplayName("5.8: adding one moves most keys, which is why another table is the default")
    void adding_one_moves_most_keys() {
        List<EndpointView> ten = Hashed.equal(10);
        List<String> before = Hashed.owners(Hashed.picker(new IpvsDestinationHash(), ten), 10_000);
        List<String> after = Hashed.owners(Hashed.picker(new IpvsDestinationHash(), Hashed.equal(11)), 10_000);
        assertThat(Hashed.movedNeedlessly(before, after, "")).isGreaterThan(8_000);
    }
}
