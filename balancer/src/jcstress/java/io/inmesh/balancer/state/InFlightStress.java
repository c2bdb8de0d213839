package io.inmesh.balancer.state;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Requests that begin and end on two threads, one of them well: the count is never out by one, and 0 in the end, and the success is counted beside
 * it.
 */
@JCStressTest
@State
@Outcome(
        id = {"1, 1, 0, 1", "1, 2, 0, 1", "2, 1, 0, 1", "2, 2, 0, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "each sees itself, and maybe the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "a request is lost, or stays, or one number runs into the other")
public class InFlightStress {
    private final InFlight count = new InFlight();

    /** Begins one, looks, ends it well. */
    @Actor
    public void one(IIII_Result r) {
        count.increment();
        r.r1 = count.get();
        count.succeedAndGet();
    }

    /** Another, which fails. */
    @Actor
    public void other(IIII_Result r) {
        count.increment();
        r.r2 = count.get();
        count.decrementAndGet();
    }

    /** What is left. */
    @Arbiter
    public void left(IIII_Result r) {
        r.r3 = count.get();
        r.r4 = count.successes();
    }
}
