package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.pick.RandomChoice;
import io.inmesh.balancer.pick.RoundRobin;
import io.inmesh.balancer.pick.hash.DestinationHash;
import io.inmesh.balancer.pick.hash.Rendezvous;
import io.inmesh.balancer.pick.hash.RingHash;
import io.inmesh.balancer.pick.hash.RingSizing;
import io.inmesh.balancer.pick.load.CacheAffinity;
import io.inmesh.balancer.pick.load.PeakEwmaChoice;
import io.inmesh.balancer.pick.load.PowerOfTwo;
import io.inmesh.balancer.pick.load.Ties;
import io.inmesh.balancer.pick.prequal.PrequalSettings;
import io.inmesh.balancer.testing.LowestAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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

    @ParameterizedTest
    @CsvSource({
        "lblcr.expiration, 8761h",
        "lblcr.expiration, 9999999h",
        "peak-ewma.default-rtt, 9999999h",
        "prequal.age, 9223372036854775807h",
        "retry.deadline, 9999999h",
        "hedge.delay, 9999999h",
        "check.interval, 9999999h",
        "slow-start.window, 9999999h",
        "weight.expiration, 9999999h"
    })
    void a_time_of_which_nanoseconds_cannot_be_counted_is_refused_at_the_start(String key, String time) {
        assertThatThrownBy(() -> {
                    Policies.load().check(Map.of(key, time));
                    BalancerConfig.of(Map.of(key, time));
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + ": '" + time + "' (expected: ")
                .hasMessageContaining("at most a year");
    }

    @Test
    void a_year_is_a_time() {
        assertThat(Policies.load().configured("lblcr", Map.of("lblcr.expiration", "8760h")))
                .hasToString("lblcr[expiration PT8760H, entries 16384]");
    }

    static Stream<Arguments> constructors() {
        Duration second = Duration.ofSeconds(1);
        Duration ages = Duration.ofDays(366);
        return Stream.of(
                of("lblcr.expiration", () -> new CacheAffinity(true, ages, 64, Ties.RANDOM)),
                of("lblc.expiration", () -> new CacheAffinity(false, Duration.ZERO, 64, Ties.RANDOM)),
                of("lblc.entries", () -> new CacheAffinity(false, second, 7, Ties.RANDOM)),
                of("peak-ewma.choices", () -> new PeakEwmaChoice(1, second)),
                of("peak-ewma.choices", () -> new PeakEwmaChoice(11, second)),
                of("peak-ewma.default-rtt", () -> new PeakEwmaChoice(2, second.negated())),
                of("prequal.probes", () -> new PrequalSettings(0, 1, 1, 16, second, 0.6)),
                of("prequal.probes", () -> new PrequalSettings(Double.NaN, 1, 1, 16, second, 0.6)),
                of("prequal.removed", () -> new PrequalSettings(3, -1, 1, 16, second, 0.6)),
                of("prequal.reuse", () -> new PrequalSettings(3, 1, 101, 16, second, 0.6)),
                of("prequal.pool", () -> new PrequalSettings(3, 1, 1, 65, second, 0.6)),
                of("prequal.age", () -> new PrequalSettings(3, 1, 1, 16, ages, 0.6)),
                of("prequal.quantile", () -> new PrequalSettings(3, 1, 1, 16, second, 1.1)),
                of("rendezvous.load-factor", () -> new Rendezvous(0.5)),
                of("ring-hash.load-factor", () -> new RingHash(RingSizing.FIXED, 1, 8, 0.99)),
                of("ring-hash.min-size", () -> new RingHash(RingSizing.XDS, 0, 8, 0)),
                of("ring-hash.max-size", () -> new RingHash(RingSizing.XDS, 1, 8_388_609, 0)),
                of("destination-hash.load-factor", () -> new DestinationHash(DestinationHash.Table.MAGLEV, 0, -1)),
                of("destination-hash.size", () -> new DestinationHash(DestinationHash.Table.MAGLEV, -5, 0)),
                of("power-of-two.choices", () -> new PowerOfTwo(1)));
    }

    private static Arguments of(String key, ThrowingCallable constructor) {
        return Arguments.of(key, constructor);
    }

    @ParameterizedTest
    @MethodSource("constructors")
    void a_policy_made_by_code_is_checked_like_one_that_is_configured(String key, ThrowingCallable constructor) {
        assertThatThrownBy(constructor)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + ": ")
                .hasMessageContaining("(expected: ");
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
