package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.pick.RandomChoice;
import io.inmesh.balancer.pick.RoundRobin;
import io.inmesh.balancer.testing.LowestAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

    private record Named(String name, Set<String> aliases) implements PickerFactory {
        @Override
        public Picker newPicker(Input input) {
            return context -> input.endpoints().get(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "round-robin, round-robin",
        "rr, round-robin",
        "Round_Robin, round-robin",
        "weighted-round-robin, weighted-round-robin",
        "wrr, weighted-round-robin",
        "random, random",
        "power-of-two, power-of-two",
        "P2C, power-of-two",
        "twos, power-of-two",
        "least_request, power-of-two",
        "least-connection, least-connection",
        "lc, least-connection",
        "wlc, wlc",
        "sed, sed",
        "nq, nq",
        "fo, fo",
        "ovf, ovf",
        "lblc, lblc",
        "lblcr, lblcr",
        "first, first",
        "pick_first, first",
        "peak-ewma, peak-ewma",
        "p2c_ewma, peak-ewma",
        "destination-hash, destination-hash",
        "maglev, destination-hash",
        "mh, destination-hash",
        "ring_hash, ring-hash",
        "rendezvous, rendezvous",
        "hrw, rendezvous",
        "dh, dh",
        "source-hash, source-hash",
        "sh, source-hash",
        "lowest-address, lowest-address",
        "LOWEST, lowest-address"
    })
    void policies_are_found_by_name_and_alias_the_users_own_too(String typed, String name) {
        assertThat(Policies.load().named(typed).name()).isEqualTo(name);
    }

    @Test
    void an_unknown_policy_is_answered_with_the_nearest_and_all() {
        assertThatThrownBy(() -> Policies.load().named("round-robbin"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "policy 'round-robbin' is unknown, did you mean 'round-robin'? (valid: destination-hash,"
                                + " dh, first, fo, hrw, lblc, lblcr, lc, least-connection, least-request,"
                                + " lowest, lowest-address, maglev, mh, node-local, nq, ovf, p2c, p2c-ewma, peak-ewma, pick-first,"
                                + " power-of-two, ")
                .hasMessageEndingWith("twos, weighted-round-robin, wlc, wrr)");
    }

    @Test
    void the_keys_of_all_places_are_those_of_the_policies() {
        Set<String> keys = new TreeSet<>(BalancerConfig.keys());
        keys.removeIf(key -> key.indexOf('.') < 0 || BalancerConfig.isRoom(key.substring(0, key.indexOf('.'))));
        Set<String> settings = new TreeSet<>();
        Policies.builtIn()
                .forEach(policy -> policy.settings().forEach(setting -> settings.add(policy.name() + "." + setting)));
        assertThat(keys).isEqualTo(settings);
    }

    @Test
    void a_policy_takes_its_own_settings_and_leaves_those_of_others() {
        Map<String, String> settings = Map.of("power-of-two.choices", "4", "ring-hash.sizing", "XDS");
        assertThat(Policies.load().configured("p2c", settings)).hasToString("power-of-two[choices 4]");
        assertThat(Policies.load().configured("ring_hash", settings))
                .hasToString("ring-hash[xds, 1024 to 4096, load-factor 0.0]");
        assertThat(Policies.load().configured("random", settings)).isInstanceOf(RandomChoice.class);
    }

    @Test
    void wrong_settings_are_refused_with_key_value_and_range() {
        Policies policies = Policies.load();
        assertThatThrownBy(() -> policies.check(Map.of("policy", "rr", "weighted-round-robin.sequence", "fast")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "weighted-round-robin.sequence: 'fast' (expected: one of low-discrepancy, smooth, edf, ipvs,"
                                + " stride)");
        assertThatThrownBy(() -> policies.check(Map.of("ovf.strict", "maybe")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ovf.strict: 'maybe' (expected: true or false)");
        assertThatThrownBy(() -> policies.check(Map.of("ring-hash.min-size", "5000", "ring-hash.max-size", "4000")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ring-hash.min-size: 5000 (expected: no more than ring-hash.max-size, 4000)");
        assertThatThrownBy(() -> policies.check(Map.of("lblc.entries", "many")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lblc.entries: 'many' (expected: a whole number from 8 to 4194304)");
        assertThatThrownBy(() -> policies.check(Map.of("lblcr.expiration", "0s")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lblcr.expiration: '0s' (expected: a time above zero");
    }

    @Test
    void two_policies_of_one_name_are_refused_with_both_classes() {
        assertThatThrownBy(() -> new Policies(List.of(new RoundRobin(), new Named("Round_Robin", Set.of()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("policy 'Round_Robin'")
                .hasMessageContaining(RoundRobin.class.getName())
                .hasMessageContaining(Named.class.getName())
                .hasMessageContaining("expected: one of them");
    }

    @Test
    void an_alias_that_is_anothers_name_is_refused_too() {
        assertThatThrownBy(() -> new Policies(List.of(new RandomChoice(), new Named("dice", Set.of("RANDOM")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("policy 'RANDOM'");
    }

    @Test
    void each_has_a_name_in_the_one_spelling() {
        List<PickerFactory> all = new ArrayList<>(Policies.builtIn());
        all.add(new LowestAddress());
        for (PickerFactory factory : all) {
            assertThat(factory.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
            assertThat(Policies.load().named(factory.name())).hasSameClassAs(factory);
        }
    }
}
