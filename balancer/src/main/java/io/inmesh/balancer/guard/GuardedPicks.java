package io.inmesh.balancer.guard;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.Pick;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Picks behind a guard. A request costs one lease more than without.
 *
 * <p>Threads: any; immutable.
 *
 * @param guard whom requests ask
 * @param target for whom
 * @param clock tells how long requests took
 * @param observer hears of those that are turned down
 */
public record GuardedPicks(Guard guard, Target target, NanoClock clock, BalancerObserver observer) {

    /** Asks the guard first; a request that then gets no endpoint gives its leave back. */
    public Pick pick(Picker picker, PickContext context) {
        Rejection refused = enter();
        if (refused != null) {
            return refused;
        }
        boolean begun = false;
        try {
            Choice choice = picker.choose(context);
            if (choice instanceof EndpointView view) {
                Pick lease = begun(view.begin());
                begun = true;
                return lease;
            }
            return (Rejection) choice;
        } finally {
            if (!begun) {
                withdrawn();
            }
        }
    }

    /** Asks the guard: null if it gives leave, and then one of the two below follows; otherwise what the request is told. */
    public @Nullable Rejection enter() {
        Rejection refused = guard.enter();
        if (refused != null) {
            observer.rejected(target, refused);
        }
        return refused;
    }

    /** The lease of a request that has leave, whose end the guard hears as well. */
    public Lease begun(Lease lease) {
        return new GuardedLease(lease, guard, clock);
    }

    /** A request that has leave is not sent. */
    public void withdrawn() {
        guard.withdrawn();
    }
}
