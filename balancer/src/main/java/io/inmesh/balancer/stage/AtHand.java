package io.inmesh.balancer.stage;

import java.time.Duration;

/**
 * Leaves out endpoints whose connections are being made again, where others can be had at once. Until here they count like everyone else, so that a
 * connection which ends without failing moves no load between priorities and zones. Policies that follow keys keep them: their keys wait for the
 * moment that connecting takes, instead of going elsewhere and coming back (gRFC A42). Where nobody else is left, every request waits so.
 *
 * @param followsKey whether the policy places requests by their key
 */
public record AtHand(boolean followsKey) implements Stage {

    @Override
    public Layout apply(Layout layout) {
        long soonest = Long.MAX_VALUE;
        for (Layout.Candidate candidate : layout.candidates()) {
            if (candidate.member().isReconnecting()) {
                soonest = Math.min(soonest, candidate.member().awaitedNanos());
            }
        }
        if (soonest == Long.MAX_VALUE) {
            return layout; // As nearly always.
        }
        Layout held = layout.holdingAtMost(Duration.ofNanos(soonest));
        Layout others = held.keep(candidate -> !candidate.member().isReconnecting());
        return followsKey || others.isEmpty() ? held : others;
    }
}
