package io.inmesh.balancer.state;

import io.inmesh.api.Outcome;
import org.jspecify.annotations.Nullable;

/** The lease of a request that decides about its endpoint. Larger than others, and rare. */
final class TrialLease extends StateLease {
    private final Trial.Request request;
    private final @Nullable InFlight counted;

    /** With where it is counted as well, or null. */
    TrialLease(Member member, long startNanos, Trial trial, @Nullable InFlight counted) {
        super(member, startNanos);
        this.counted = counted;
        this.request = trial.begin();
        if (counted != null) {
            counted.increment();
        }
    }

    @Override
    public void answered() {
        super.answered();
        request.answered(); // Untimed as well, and of a conversation: whoever answers is there.
    }

    @Override
    public boolean complete(Outcome outcome) {
        boolean first = super.complete(outcome);
        if (first) {
            if (counted != null) {
                counted.decrementAndGet();
            }
            request.ended(member().counted(outcome));
        }
        return first;
    }
}
