package io.inmesh.balancer.guard;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import io.inmesh.api.time.NanoClock;

/** A lease whose end the guard hears as well; whoever ends the one inside first speaks for both. */
final class GuardedLease implements Lease {
    private final Lease inside;
    private final Guard guard;
    private final NanoClock clock;
    private final long startNanos;

    GuardedLease(Lease inside, Guard guard, NanoClock clock) {
        this.inside = inside;
        this.guard = guard;
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    @Override
    public Endpoint endpoint() {
        return inside.endpoint();
    }

    @Override
    public void answered() {
        inside.answered();
    }

    @Override
    public void streams() {
        inside.streams();
    }

    @Override
    public void report(LoadReport report) {
        inside.report(report);
    }

    @Override
    public boolean complete(Outcome outcome) {
        boolean first = inside.complete(outcome);
        if (first) {
            guard.ended(outcome, Math.max(0, clock.nanoTime() - startNanos));
        }
        return first;
    }

    @Override
    public void close() {
        complete(Outcome.CANCELLED);
    }

    @Override
    public String toString() {
        return "Guarded" + inside;
    }
}
