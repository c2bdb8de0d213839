package io.inmesh.balancer.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts requests in flight, and those that went well, alone on its cache lines: it is written at both ends of every request, and its neighbours on
 * the heap must not pay for that. A field between fields that nobody uses, rather than a cell of an array or an object of its own: what a request
 * has to follow to reach it is that much shorter, and of a thousand endpoints each reference is a miss.
 *
 * <p>Both numbers share one long, in flight in the low half, so that a success is still one atomic add: it takes one from the low half and
 * carries one into the high half. The high half wraps after 2^32; what readers use is the difference between two readings.
 */
class InFlight extends InFlightCount {
    private static final long BEGUN = 1;
    private static final long ENDED = -1;

    /** One less in the low half, which is 1 at least, carries one into the high half. */
    private static final long WENT_WELL = (1L << Integer.SIZE) - 1;

    // 128 bytes on either side, the others in the superclasses: lines of 64 bytes are fetched in pairs.
    @SuppressWarnings("unused") // Room, never read.
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;

    final int get() {
        return (int) count;
    }

    /** How many went well, modulo 2^32. */
    final int successes() {
        return (int) (count >>> Integer.SIZE);
    }

    final void increment() {
        COUNT.getAndAdd(this, BEGUN);
    }

    /** One ended, however; how many are left. */
    final int decrementAndGet() {
        return (int) ((long) COUNT.getAndAdd(this, ENDED) + ENDED);
    }

    /** One went well; how many are left. */
    final int succeedAndGet() {
        return (int) ((long) COUNT.getAndAdd(this, WENT_WELL) + WENT_WELL);
    }
}

/** A superclass' fields lie before those of its subclasses: that is how the count comes to stand in the middle. */
class InFlightRoom {
    @SuppressWarnings("unused") // Room, never read.
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15;
}

/** The counts themselves. */
class InFlightCount extends InFlightRoom {
    static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(InFlightCount.class, "count", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Moved through COUNT by any thread that begins or ends a request; read by pickers and detectors. */
    volatile long count;
}
