package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.observe.CallObserver.AttemptObserver;
import io.inmesh.api.time.Scheduler.Cancellable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One sending of a request to one endpoint.
 *
 * <p>Threads: the lane of its call.
 */
final class Attempt<T> {
    private static final Cancellable NO_TIMER = () -> {};

    final Lease lease;
    final long startNanos;

    /** Whether it was withdrawn from the budget, which hears of its end. */
    final boolean withdrawn;

    /** Hears how it ends. */
    final AttemptObserver hears;

    /** Ends it if it takes too long. */
    Cancellable timeout = NO_TIMER;

    /** Sends it, where that was put off. */
    Cancellable sendingLater = NO_TIMER;

    /** Null before it was sent, and where a fault keeps it from that. */
    private @Nullable CompletableFuture<T> sent;

    private boolean over;

    Attempt(Lease lease, long startNanos, boolean withdrawn, AttemptObserver hears) {
        this.lease = lease;
        this.startNanos = startNanos;
        this.withdrawn = withdrawn;
        this.hears = hears;
    }

    void sent(CompletableFuture<T> future) {
        sent = future;
    }

    /** True once it has ended; what comes after that was given up before. */
    boolean isOver() {
        return over;
    }

    /** It has ended: nothing is waited for any more. */
    void end() {
        over = true;
        timeout.cancel();
        sendingLater.cancel();
    }

    /** Takes back what is still under way. */
    void giveUp() {
        CompletableFuture<T> underWay = sent;
        if (underWay != null) {
            underWay.cancel(true);
        }
    }
}
