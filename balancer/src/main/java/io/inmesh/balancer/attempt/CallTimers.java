package io.inmesh.balancer.attempt;

import io.inmesh.api.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The timers of one call, and its hold on what runs them: a mesh that closes lets calls that wait for a timer come to their end.
 *
 * <p>Threads: the lane of the call, on which it also calls.
 */
final class CallTimers {
    private static final Cancellable NONE = () -> {};

    private final AttemptResources resources;
    private final Consumer<Runnable> lane;

    private boolean held;
    private boolean limited;
    private long endNanos;
    private Cancellable deadline = NONE;
    private Cancellable hedge = NONE;
    private Cancellable repeat = NONE;

    CallTimers(AttemptResources resources, Consumer<Runnable> lane) {
        this.resources = resources;
        this.lane = lane;
    }

    /** From now on so long, or for {@link Course#NEVER}, until the deadline has passed. */
    void begin(long deadlineNanos, Runnable passed) {
        if (deadlineNanos != Course.NEVER) {
            limited = true;
            endNanos = resources.clock().nanoTime() + deadlineNanos;
            deadline = after(deadlineNanos, passed);
        }
    }

    /** How long until the deadline, or {@link Course#NEVER}. */
    long leftNanos() {
        return limited ? endNanos - resources.clock().nanoTime() : Course.NEVER;
    }

    /** Runs that once so long has passed; at once where the mesh's timers have ended, since whatever it asks next says so. */
    Cancellable after(long nanos, Runnable event) {
        return isHeld(event) ? resources.scheduler().schedule(() -> lane.accept(event), Duration.ofNanos(nanos)) : NONE;
    }

    /** The same for what has to pass before anything goes on, as opposed to a limit. */
    Cancellable pause(long nanos, Runnable event) {
        return isHeld(event) ? resources.scheduler().pause(() -> lane.accept(event), Duration.ofNanos(nanos)) : NONE;
    }

    private boolean isHeld(Runnable event) {
        held = held || resources.hold().take();
        if (!held) {
            lane.accept(event);
        }
        return held;
    }

    /** The next hedge, instead of one that is waited for. */
    void hedgeAfter(long nanos, Runnable event) {
        hedge.cancel();
        hedge = after(nanos, event);
    }

    /** The next repeat; at once, if there is nothing to wait for. */
    void repeatAfter(long nanos, Runnable event) {
        if (nanos <= 0) {
            event.run();
        } else {
            repeat = pause(nanos, event);
        }
    }

    /** Nothing is waited for any more. */
    void close() {
        deadline.cancel();
        hedge.cancel();
        repeat.cancel();
        if (held) {
            held = false;
            resources.hold().release();
        }
    }
}
