package io.inmesh.balancer.state;

import io.inmesh.api.Outcome;

/** The lease of a request that is counted with all of its service port, because that has a limit. As large as any other. */
final class CountedLease extends StateLease {
    CountedLease(Member member, long startNanos) {
        super(member, startNanos);
        member.states().counted().increment();
    }

    @Override
    public boolean complete(Outcome outcome) {
        boolean first = super.complete(outcome);
        if (first) {
            member().states().counted().decrementAndGet();
        }
        return first;
    }
}
