package io.inmesh.samples.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ExperimentTest {
    private static final int SHORT = 5_000;

    @ParameterizedTest
    @FieldSource("io.inmesh.samples.benchmarks.sim.Policy#ALL")
    void one_seed_is_one_course_of_events(Policy policy) {
        Measurement first = new Experiment(Scenario.ANT, policy, 3, 0.7, SHORT, 11).run();
        assertThat(new Experiment(Scenario.ANT, policy, 3, 0.7, SHORT, 11).run())
                .isEqualTo(first);
        assertThat(new Experiment(Scenario.ANT, policy, 3, 0.7, SHORT, 12).run())
                .isNotEqualTo(first);
    }

    /** Random choice makes each server an M/M/c queue, whose mean Erlang has told in 1917. */
    @Test
    void queues_are_as_long_as_theory_says() {
        double load = 0.7;
        int workers = Scenario.HOM.workers();
        double expected = Scenario.MEAN_WORK_NANOS / 1e6 * (1 + waiting(workers, load) / (workers * (1 - load)));
        double mean = Trial.run(Scenario.HOM, Policy.RANDOM, 7, load, 100_000).bySeed().stream()
                .mapToDouble(Measurement::mean)
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(expected, within(0.02 * expected));
    }

    /** Erlang's formula C: how likely a request has to wait. */
    private static double waiting(int workers, double load) {
        double offered = load * workers;
        double term = 1;
        double sum = 0;
        for (int k = 0; k < workers; k++) {
            sum += term;
            term *= offered / (k + 1);
        }
        double all = term / (1 - load);
        return all / (sum + all);
    }

    @Test
    void reports_find_out_who_is_slow() {
        Measurement turns = new Experiment(Scenario.HET, Policy.RR, 20, 0.7, 50_000, 1).run();
        Measurement weighted = new Experiment(Scenario.HET, Policy.WRR, 20, 0.7, 50_000, 1).run();
        assertThat(turns.share()).isCloseTo(1, within(0.01));
        assertThat(weighted.share()).isBetween(1.1, 1.3);
        assertThat(weighted.mean()).isLessThan(turns.mean() / 4);
    }

    @Test
    void stated_weights_are_those_the_servers_are_built_for() {
        Measurement counts = new Experiment(Scenario.HET, Policy.LC, 20, 0.7, 50_000, 1).run();
        Measurement weighted = new Experiment(Scenario.HET, Policy.SED, 20, 0.7, 50_000, 1).run();
        assertThat(weighted.p99()).isLessThan(0.8 * counts.p99());
    }
}
