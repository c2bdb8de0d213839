package io.inmesh.balancer.state;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome.Outcomes;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** However many complete a lease, one of them does; and what it counted is counted back once. */
public final class LeaseStress {
    private static final Target TARGET = Target.parse("orders.shop:http");
    private static final Endpoint ENDPOINT = Endpoint.of("10.0.0.1", 8080);

    private LeaseStress() {}

    private static Member member() {
        return new Member(TARGET, ENDPOINT, new EndpointStates(), () -> 0, BalancerObserver.NONE);
    }

    private static int one(boolean won) {
        return won ? 1 : 0;
    }

    /** Three at once, each in its own way. */
    @JCStressTest
    @State
    @Outcomes({
        @org.openjdk.jcstress.annotations.Outcome(
                id = {"1, 0, 0, 0", "0, 1, 0, 0", "0, 0, 1, 0"},
                expect = Expect.ACCEPTABLE,
                desc = "one of them"),
        @org.openjdk.jcstress.annotations.Outcome(expect = Expect.FORBIDDEN, desc = "none, or two, or left in flight")
    })
    public static class OneCompletes {
        private final Member member = member();
        private final Lease lease = member.begin();

        /** A success. */
        @Actor
        public void succeed(IIII_Result r) {
            r.r1 = one(lease.complete(Outcome.SUCCESS));
        }

        /** A failure. */
        @Actor
        public void fail(IIII_Result r) {
            r.r2 = one(lease.complete(Outcome.CANCELLED));
        }

        /** Another one. */
        @Actor
        public void succeedToo(IIII_Result r) {
            r.r3 = one(lease.complete(Outcome.SUCCESS));
        }

        /** What is left. */
        @Arbiter
        public void left(IIII_Result r) {
            r.r4 = member.inFlight();
        }
    }

    /** An answer that comes while the lease is completed: it ends once all the same, and nobody waits. */
    @JCStressTest
    @State
    @Outcomes({
        @org.openjdk.jcstress.annotations.Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "ended once"),
        @org.openjdk.jcstress.annotations.Outcome(expect = Expect.FORBIDDEN, desc = "an answer undid the end")
    })
    public static class AnswerAndEnd {
        private final Member member = member();
        private final Lease lease;

        /** Times the request. */
        public AnswerAndEnd() {
            member.setTimed(true);
            lease = member.begin();
        }

        /** The answer. */
        @Actor
        public void answer() {
            lease.answered();
        }

        /** The end. */
        @Actor
        public void end(II_Result r) {
            r.r1 = one(lease.complete(Outcome.SUCCESS));
        }

        /** Whether it can be ended again. */
        @Arbiter
        public void again(II_Result r) {
            r.r2 = one(lease.complete(Outcome.SUCCESS)) + member.inFlight();
        }
    }
}
