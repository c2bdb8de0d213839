package io.inmesh.balancer.state;

import io.inmesh.api.LoadReport;
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
    private static final LoadReport HALF = LoadReport.of(100, 0.5);
    private static final LoadReport QUARTER = LoadReport.of(100, 0.25);

    private final EndpointState state = new EndpointState("10.0.0.1:80", new EndpointStates());

    /** 100 a second at a half. */
    @Actor
    public void half() {
        state.reported(HALF, 1);
    }

    /** 100 a second at a quarter. */
    @Actor
    public void quarter() {
        state.reported(QUARTER, 2);
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

    /** 0 for nothing: no report weighs that. Report and moment must belong together. */
    private int seen() {
        ReportedWeight.Reported seen = state.reported();
        if (seen == null) {
            return 0;
        }
        double utilization = seen.report().applicationUtilization();
        boolean together = utilization == 0.5 ? seen.nanos() == 1 : seen.nanos() == 2;
        return together ? (int) (seen.report().requestsPerSecond() / utilization) : -1;
    }
}
