package io.inmesh.balancer.state;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two samples of one moment, taken in at once: whoever looks sees nothing, or a value between the samples, never the halves of two; in the end it
 * is the peak.
 */
@JCStressTest
@State
@Outcome(
        id = {"0, 1", "1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "nothing yet or within the samples, then the peak")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn, or a sample lost")
public class PeakEwmaStress {
    private static final long LOW = 20_000_000;
    private static final long HIGH = 100_000_000;

    /** Of a float's rounding. */
    private static final double ROUNDING = 1e-6;

    /** Odd, and in both halves of a long, so that a torn value would be far off. */
    private static final long NOW = 0x1234_5678_9abcL;

    private static final long TAU = 10_000_000_000L;

    private final PeakEwma latency = new PeakEwma();

    /** The quick one. */
    @Actor
    public void quick() {
        latency.record(LOW, NOW, TAU);
    }

    /** The slow one. */
    @Actor
    public void slow() {
        latency.record(HIGH, NOW, TAU);
    }

    /** Somebody looks. */
    @Actor
    public void look(II_Result r) {
        double seen = latency.read(NOW, TAU);
        r.r1 = Double.isNaN(seen) ? 0 : isBetween(LOW, seen) ? 1 : -1;
    }

    /** In the end. */
    @Arbiter
    public void left(II_Result r) {
        r.r2 = isBetween(HIGH, latency.read(NOW, TAU)) ? 1 : -1;
    }

    private static boolean isBetween(long low, double seen) {
        return seen >= low * (1 - ROUNDING) && seen <= HIGH * (1 + ROUNDING);
    }
}
