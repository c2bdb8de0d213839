package io.inmesh.balancer.guard;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Pick;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;

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
        Rejection refused = guard.enter();
        if (refused != null) {
            observer.rejected(target, refused);
            return refused;
        }
        boolean begun = false;
        try {
            Choice choice = picker.choose(context);
            if (choice instanceof EndpointView view) {
                Pick lease = new GuardedLease(view.begin(), guard, clock);
                begun = true;
                return lease;
            }
            return (Rejection) choice;
        } finally {
            if (!begun) {
                guard.withdrawn();
            }
        }
    }
}
