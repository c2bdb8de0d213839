package io.inmesh.balancer.grpc.orca;

import io.inmesh.api.time.NanoClock;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something happened, a second, over about the last ten: a burst counts by its size and not by its tightness.
 *
 * <p>Threads: any, without locks.
 */
final class Rate {
    private static final int SLICES = 10;
    private static final long SLICE_NANOS = 1_000_000_000L;
    private static final double NANOS_PER_SECOND = 1e9;

    // One word for each slice of time: its number above, how often below. A slice more than are summed, which is
    // being filled.
    private static final int COUNT_BITS = 32;
    private static final long COUNT = (1L << COUNT_BITS) - 1;

    private final NanoClock clock;
    private final long sinceNanos;
    private final AtomicLongArray slices = new AtomicLongArray(SLICES + 1);

    Rate(NanoClock clock) {
        this.clock = clock;
        this.sinceNanos = clock.nanoTime();
    }

    /** It happened. */
    void count() {
        long number = number();
        slices.updateAndGet(
                place(number), word -> word >>> COUNT_BITS == number ? word + 1 : (number << COUNT_BITS) | 1);
    }

    /** How often a second. */
    double perSecond() {
        long elapsed = clock.nanoTime() - sinceNanos;
        long now = number();
        long sum = 0;
        for (int i = 0; i < slices.length(); i++) {
            long word = slices.get(i);
            long age = now - (word >>> COUNT_BITS);
            if (age >= 0 && age <= SLICES) {
                sum += word & COUNT;
            }
        }
        // The slices that are full and the one that is not; at least one, or a first request would count as a thousand.
        long covered = Math.min(elapsed, SLICES * SLICE_NANOS + elapsed % SLICE_NANOS);
        return sum * NANOS_PER_SECOND / Math.max(covered, SLICE_NANOS);
    }

    /** From 1, for a word that was never written says 0. */
    private long number() {
        return (clock.nanoTime() - sinceNanos) / SLICE_NANOS + 1 + SLICES;
    }

    private static int place(long number) {
        return (int) (number % (SLICES + 1));
    }
}
