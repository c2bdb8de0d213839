package io.inmesh.balancer.state;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two reports at once: whoever looks sees nothing or one of them, with the moment that belongs to it. */
@JCStressTest
@State
@Outcome(
        id = {"0, 200", "0, 400", "200, 200", "200, 400", "400, 200", "400, 400"},
        expect = Expect.ACCEPTABLE,
        desc = "one of the two")
@Outcome(expect = Expect.FORBIDDEN, desc = "neither, or none in the end")
public class ReportedWeightStress {
    private static final ReportedWeight.Settings AT_ONCE =
            new ReportedWeight.Settings(Duration.ZERO, Duration.ofSeconds(1), 1, List.of());
    private static final LoadReport HALF = new LoadReport(100, 0, 0.5, 0, Map.of());
    private static final LoadReport QUARTER = new LoadReport(100, 0, 0.25, 0, Map.of());
    private static final long NOW = 1_000_000_000_000L;

    private final ReportedWeight weight = new ReportedWeight(AT_ONCE);

    /** 100 a second at a half. */
    @Actor
    public void half() {
        weight.report(HALF, NOW);
    }

    /** 100 a second at a quarter. */
    @Actor
    public void quarter() {
        weight.report(QUARTER, NOW);
    }

    /** Somebody looks. */
    @Actor
    public void look(II_Result r) {
        r.r1 = seen();
    }

    /** In the end. */
    @Arbiter
    public void left(II_Result r) {
        r.r2 = seen();
    }

    /** 0 for nothing: no report weighs that. */
    private int seen() {
        double seen = weight.read(NOW);
        return Double.isNaN(seen) ? 0 : (int) seen;
    }
}
