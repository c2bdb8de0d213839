package io.inmesh.balancer.state;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Requests that begin and end on two threads: the count is never out by one, and 0 in the end. */
@JCStressTest
@State
@Outcome(
        id = {"1, 1, 0", "1, 2, 0", "2, 1, 0", "2, 2, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "each sees itself, and maybe the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "a request is lost, or stays")
public class InFlightStress {
    private final InFlight count = new InFlight();

    /** Begins one, looks, ends it. */
    @Actor
    public void one(III_Result r) {
        count.increment();
        r.r1 = count.get();
        count.decrementAndGet();
    }

    /** So does another. */
    @Actor
    public void other(III_Result r) {
        count.increment();
        r.r2 = count.get();
        count.decrementAndGet();
    }

    /** What is left. */
    @Arbiter
    public void left(III_Result r) {
        r.r3 = count.get();
    }
}
