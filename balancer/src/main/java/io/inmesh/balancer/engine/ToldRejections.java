package io.inmesh.balancer.engine;

import io.inmesh.api.Choice;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import org.jspecify.annotations.Nullable;

/** Tells the observer what a policy rejects, and puts the target's name before its words. */
final class ToldRejections implements Picker {
    private final Picker picker;
    private final Target target;
    private final BalancerObserver observer;

    /** The policy's last rejection and what it is under the target's name. Written by any request; a lost write costs one object more. */
    private volatile @Nullable Named last;

    private record Named(Rejection said, Rejection told) {}

    ToldRejections(Picker picker, Target target, BalancerObserver observer) {
        this.picker = picker;
        this.target = target;
        this.observer = observer;
    }

    @Override
    public Choice choose(PickContext context) {
        Choice choice = picker.choose(context);
        return choice instanceof Rejection rejection ? told(rejection) : choice;
    }

    /** What it chooses by, which tells nobody. */
    Picker inside() {
        return picker;
    }

    private Rejection told(Rejection rejection) {
        Named named = last;
        if (named == null || !named.said.equals(rejection)) {
            named = new Named(rejection, new Rejection(rejection.reason(), target + ": " + rejection.text()));
            last = named;
        }
        observer.rejected(target, named.told);
        return named.told;
    }
}
