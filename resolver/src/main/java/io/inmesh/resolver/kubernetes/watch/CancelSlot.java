package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.time.Scheduler.Cancellable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Holds at most one thing that must be cancelled some day: a timer or an exchange. What is put in replaces and cancels what was
 * there; once closed, everything put in is cancelled on arrival, so that nothing slips through between a close and a start.
 *
 * <p>Threads: any.
 */
public final class CancelSlot {
    private static final Cancellable NOTHING = () -> {};
    private static final Cancellable CLOSED = () -> {};

    private final AtomicReference<Cancellable> held = new AtomicReference<>(NOTHING);

    public void put(Cancellable next) {
        Cancellable before = held.getAndUpdate(current -> current == CLOSED ? CLOSED : next);
        if (before == CLOSED) {
            next.cancel();
        } else {
            before.cancel();
        }
    }

    /** Cancels what is held; the slot can be used again. */
    public void clear() {
        put(NOTHING);
    }

    /** Cancels what is held and everything that comes after. */
    public void close() {
        held.getAndSet(CLOSED).cancel();
    }
}
