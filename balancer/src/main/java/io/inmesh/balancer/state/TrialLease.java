package io.inmesh.balancer.state;

import io.inmesh.api.Outcome;

/** The lease of a request that decides about its endpoint. Larger than others, and rare. */
final class TrialLease extends StateLease {
    private final Trial trial;

    TrialLease(Member member, long startNanos, Trial trial) {
        super(member, startNanos);
        this.trial = trial;
        trial.begun();
    }

    @Override
    public boolean complete(Outcome outcome) {
        boolean first = super.complete(outcome);
        if (first) {
            trial.ended(outcome);
        }
        return first;
    }
}
