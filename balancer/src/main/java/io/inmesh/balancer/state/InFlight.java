package io.inmesh.balancer.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts requests in flight, alone on its cache lines: it is written at both ends of every request, and its neighbours on the heap must not
 * pay for that. A field between fields that nobody uses, rather than a cell of an array: what a request has to follow to reach it is two
 * references shorter, and of a thousand endpoints each reference is a miss.
 */
final class InFlight extends InFlightCount {
    // 128 bytes on either side, the others in the superclasses: lines of 64 bytes are fetched in pairs.
    @SuppressWarnings("unused") // Room, never read.
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;

    int get() {
        return count;
    }

    void increment() {
        COUNT.getAndAdd(this, 1);
    }

    int decrementAndGet() {
        return (int) COUNT.getAndAdd(this, -1) - 1;
    }
}

/** A superclass' fields lie before those of its subclasses: that is how the count comes to stand in the middle. */
class InFlightRoom {
    @SuppressWarnings("unused") // Room, never read.
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15;
}

/** The count itself. */
class InFlightCount extends InFlightRoom {
    static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(InFlightCount.class, "count", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Moved through COUNT by any thread that begins or ends a request; read by pickers. */
    volatile int count;
}
