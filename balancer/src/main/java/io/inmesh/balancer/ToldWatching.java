package io.inmesh.balancer;

import io.inmesh.api.Resolver;
import io.inmesh.api.Target;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Tells observers once that a target is watched, and once that it is no more, in this order or not at all.
 *
 * <p>Threads: any. Beginning and end may meet: whoever finds that the other was there tells of the end.
 */
final class ToldWatching {
    private final BalancerObserver observer;
    private final Target target;
    private final Supplier<List<WatchAge>> ages; // One object, by which observers know it.
    private final AtomicReference<State> state = new AtomicReference<>(State.NOT_YET);

    private enum State {
        NOT_YET,
        TOLD,
        OVER
    }

    ToldWatching(BalancerObserver observer, Target target, Resolver resolver) {
        this.observer = observer;
        this.target = target;
        this.ages = resolver::ages;
    }

    void begin() {
        observer.watching(target, ages);
        if (!state.compareAndSet(State.NOT_YET, State.TOLD)) { // Closed meanwhile, by a mesh that closes.
            observer.unwatched(target, ages);
        }
    }

    void end() {
        if (state.getAndSet(State.OVER) == State.TOLD) {
            observer.unwatched(target, ages);
        }
    }
}
