package io.inmesh.balancer.state;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts requests in flight, alone on its cache lines: it is written at both ends of every request, and its neighbours on the heap
 * must not pay for that.
 */
final class InFlight {
    /** 128 bytes on either side: lines of 64 bytes are fetched in pairs. */
    private static final int CELL = 32;

    private final AtomicIntegerArray cells = new AtomicIntegerArray(2 * CELL + 1);

    int get() {
        return cells.get(CELL);
    }

    void increment() {
        cells.getAndIncrement(CELL);
    }

    int decrementAndGet() {
        return cells.decrementAndGet(CELL);
    }
}
