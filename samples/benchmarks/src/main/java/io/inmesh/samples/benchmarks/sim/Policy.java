package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.pick.RandomChoice;
import io.inmesh.balancer.pick.RoundRobin;
import io.inmesh.balancer.pick.WeightedRoundRobin;
import io.inmesh.balancer.pick.load.LeastConnection;
import io.inmesh.balancer.pick.load.PeakEwmaChoice;
import io.inmesh.balancer.pick.load.PowerOfTwo;
import io.inmesh.balancer.pick.prequal.Prequal;
import io.inmesh.balancer.pick.prequal.PrequalSettings;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A way to balance, as a simulation runs it.
 *
 * @param name as reports name it
 * @param weights where the weights of its endpoints come from
 * @param estimates what servers answer probes from; of use where the policy probes
 * @param factories the library's policy, made for a cluster
 */
record Policy(
        String name, Weights weights, Supplier<LatencyEstimate> estimates, Function<Cluster, PickerFactory> factories) {

    /** Where weights come from. */
    enum Weights {
        /** All 1: nobody says anything. */
        EQUAL,
        /** From the operator, who knows what each server is built for. */
        STATED,
        /** From the servers, which report their load every second. */
        REPORTED
    }

    static final Policy RANDOM = of("random", Weights.EQUAL, new RandomChoice());
    // One sequence each: how many there are otherwise depends on the machine's cores, and a simulation must not.
    static final Policy RR = of("rr", Weights.EQUAL, new RoundRobin(true));
    static final Policy WRR =
            of("wrr", Weights.REPORTED, new WeightedRoundRobin(WeightedRoundRobin.Sequence.LOW_DISCREPANCY, true));
    static final Policy LC = of("lc", Weights.EQUAL, new LeastConnection(LeastConnection.Kind.LC));
    static final Policy WLC = of("wlc", Weights.STATED, new LeastConnection(LeastConnection.Kind.WLC));
    static final Policy SED = of("sed", Weights.STATED, new LeastConnection(LeastConnection.Kind.SED));
    static final Policy NQ = of("nq", Weights.STATED, new LeastConnection(LeastConnection.Kind.NQ));
    static final Policy P2C = of("p2c", Weights.EQUAL, new PowerOfTwo());
    static final Policy P2C_EWMA = of("p2c_ewma", Weights.EQUAL, new PeakEwmaChoice());
    static final Policy PREQUAL = prequal("prequal", PrequalSettings.DEFAULT.quantile(), LatencyByLoad::new);
    static final Policy PREQUAL_84 = prequal("prequal 0.84", 0.84, LatencyByLoad::new);

    /** Not to be used: what becomes of Prequal where servers answer with an average. */
    static final Policy PREQUAL_NAIVE = prequal("prequal naive", 0.84, () -> LatencyEstimate.average(0.1));

    /** What nobody can have: it sees every queue and every speed at once. */
    static final Policy ORACLE = new Policy("oracle", Weights.EQUAL, LatencyByLoad::new, Oracle::new);

    /** Those that are compared. */
    static final List<Policy> ALL =
            List.of(RANDOM, RR, WRR, LC, WLC, SED, NQ, P2C, P2C_EWMA, PREQUAL, PREQUAL_84, ORACLE);

    private static Policy of(String name, Weights weights, PickerFactory factory) {
        return new Policy(name, weights, LatencyByLoad::new, cluster -> factory);
    }

    private static Policy prequal(String name, double quantile, Supplier<LatencyEstimate> estimates) {
        PrequalSettings usual = PrequalSettings.DEFAULT;
        PrequalSettings settings = new PrequalSettings(
                usual.probesPerRequest(),
                usual.removedPerRequest(),
                usual.reuse(),
                usual.poolSize(),
                usual.maxAge(),
                quantile);
        return new Policy(
                name, Weights.EQUAL, estimates, cluster -> new Prequal(settings, new ServerProber(cluster.events())));
    }

    @Override
    public String toString() {
        return name;
    }
}
