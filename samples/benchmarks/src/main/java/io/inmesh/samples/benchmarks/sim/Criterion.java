package io.inmesh.samples.benchmarks.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What is asked of a policy: that a quantity of it is at most so many times that of another one. Seed by seed, and the worst counts.
 *
 * @param most the largest ratio that is accepted
 */
record Criterion(Scenario scenario, Policy policy, Quantity quantity, double most, Policy other) {
    /** For these, and for this load, the criteria are made. */
    static final int CLIENTS = 20;

    static final double LOAD = 0.70;

    /** What is compared. */
    enum Quantity {
        MEAN,
        P99,
        P999;

        double of(Measurement measurement) {
            return switch (this) {
                case MEAN -> measurement.mean();
                case P99 -> measurement.p99();
                case P999 -> measurement.p999();
            };
        }

        @Override
        public String toString() {
            return this == P999 ? "p99.9" : name().toLowerCase(Locale.ROOT);
        }
    }

    /** All of them. */
    static final List<Criterion> ALL = all();

    private static List<Criterion> all() {
        List<Criterion> all = new ArrayList<>(List.of(
                new Criterion(Scenario.HET, Policy.P2C_EWMA, Quantity.P99, 0.80, Policy.LC),
                new Criterion(Scenario.HET, Policy.P2C_EWMA, Quantity.P99, 1.25, Policy.ORACLE),
                new Criterion(Scenario.HET, Policy.PREQUAL, Quantity.P99, 1.25, Policy.ORACLE),
                new Criterion(Scenario.GRAY, Policy.P2C_EWMA, Quantity.P999, 0.25, Policy.P2C),
                new Criterion(Scenario.ANT, Policy.PREQUAL, Quantity.P99, 1.25, Policy.ORACLE),
                new Criterion(Scenario.ANT, Policy.PREQUAL, Quantity.P99, 0.55, Policy.P2C),
                new Criterion(Scenario.HOM, Policy.PREQUAL, Quantity.MEAN, 1.40, Policy.ORACLE),
                // An average of completions in place of latency by load must show as the trap it is.
                new Criterion(Scenario.HOM, Policy.ORACLE, Quantity.MEAN, 0.10, Policy.PREQUAL_NAIVE)));
        // Where all are alike nobody shall pay for a policy that knows better.
        for (Policy policy : List.of(
                Policy.RANDOM,
                Policy.WRR,
                Policy.LC,
                Policy.WLC,
                Policy.SED,
                Policy.NQ,
                Policy.P2C,
                Policy.P2C_EWMA,
                Policy.PREQUAL)) {
            all.add(new Criterion(Scenario.HOM, policy, Quantity.P99, 1.12, Policy.RR));
        }
        return List.copyOf(all);
    }

    /** The largest ratio of all seeds. */
    double worstRatio(Trials trials) {
        List<Measurement> ones = trials.of(scenario, policy).bySeed();
        List<Measurement> others = trials.of(scenario, other).bySeed();
        return IntStream.range(0, ones.size())
                .mapToDouble(i -> quantity.of(ones.get(i)) / quantity.of(others.get(i)))
                .max()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return "%s: %s of %s at most %.2f x %s".formatted(scenario, quantity, policy, most, other);
    }
}
