package io.inmesh.samples.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What section 8 asks of policies that read load: 20 clients at a load of 0.70, five fixed seeds, of which the worst counts. The chance is
 * fixed, so a failure here is a change of a policy or of the simulator, never bad luck.
 */
class AcceptanceTest {
    private static final int CLIENTS = 20;
    private static final double LOAD = 0.70;

    /** What has been run; several tests ask about the same. */
    private static final Map<String, Trial> TRIALS = new HashMap<>();

    @AfterAll
    static void print() {
        System.out.print(Report.heading());
        TRIALS.values().stream().map(Report::line).sorted().forEach(System.out::print);
    }

    private static Trial trial(Scenario scenario, Policy policy) {
        return TRIALS.computeIfAbsent(
                scenario + " " + policy, key -> Trial.run(scenario, policy, CLIENTS, LOAD, Trial.REQUESTS));
    }

    private static double worstRatio(
            Scenario scenario, Policy policy, Policy other, ToDoubleFunction<Measurement> number) {
        List<Measurement> ones = trial(scenario, policy).bySeed();
        List<Measurement> others = trial(scenario, other).bySeed();
        return IntStream.range(0, Trial.SEEDS)
                .mapToDouble(i -> number.applyAsDouble(ones.get(i)) / number.applyAsDouble(others.get(i)))
                .max()
                .orElseThrow();
    }

    private static double p99Ratio(Scenario scenario, Policy policy, Policy other) {
        return worstRatio(scenario, policy, other, Measurement::p99);
    }

    @Test
    @DisplayName("8, HET: peak EWMA knows slow servers that own counts hardly show")
    void peak_ewma_where_a_quarter_is_slow() {
        assertThat(p99Ratio(Scenario.HET, Policy.P2C_EWMA, Policy.LC)).isLessThanOrEqualTo(0.80);
        assertThat(p99Ratio(Scenario.HET, Policy.P2C_EWMA, Policy.ORACLE)).isLessThanOrEqualTo(1.25);
    }

    @Test
    @DisplayName("8, GRAY: peak EWMA leaves a server that stalls at once")
    void peak_ewma_where_one_stalls() {
        assertThat(worstRatio(Scenario.GRAY, Policy.P2C_EWMA, Policy.P2C, Measurement::p999))
                .isLessThanOrEqualTo(0.25);
    }

    @Test
    @DisplayName("8, HET and ANT: Prequal comes near to who sees everything")
    void prequal_where_speeds_differ() {
        assertThat(p99Ratio(Scenario.HET, Policy.PREQUAL, Policy.ORACLE)).isLessThanOrEqualTo(1.25);
        assertThat(p99Ratio(Scenario.ANT, Policy.PREQUAL, Policy.ORACLE)).isLessThanOrEqualTo(1.25);
        assertThat(p99Ratio(Scenario.ANT, Policy.PREQUAL, Policy.P2C)).isLessThanOrEqualTo(0.55);
    }

    static List<Policy> policies() {
        return List.of(
                Policy.RANDOM,
                Policy.WRR,
                Policy.LC,
                Policy.WLC,
                Policy.SED,
                Policy.NQ,
                Policy.P2C,
                Policy.P2C_EWMA,
                Policy.PREQUAL);
    }

    @ParameterizedTest
    @MethodSource("policies")
    @DisplayName("8, HOM: where all are alike nobody pays for a policy that reads load")
    void no_worse_than_turns_where_all_are_alike(Policy policy) {
        assertThat(p99Ratio(Scenario.HOM, policy, Policy.RR)).isLessThanOrEqualTo(1.12);
    }

    @Test
    @DisplayName("TV-PRQ-1: latency at the requests in flight; an average of completions is a trap")
    void probes_answer_for_the_load_of_now() {
        assertThat(worstRatio(Scenario.HOM, Policy.PREQUAL, Policy.ORACLE, Measurement::mean))
                .isLessThanOrEqualTo(1.4);
        assertThat(trial(Scenario.HOM, Policy.PREQUAL_NAIVE).bySeed())
                .zipSatisfy(trial(Scenario.HOM, Policy.PREQUAL).bySeed(), (naive, right) -> assertThat(naive.mean())
                        .isGreaterThan(10 * right.mean()));
    }
}
