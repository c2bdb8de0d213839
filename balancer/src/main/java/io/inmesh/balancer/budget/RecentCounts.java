package io.inmesh.balancer.budget;

import io.inmesh.api.time.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of the last ten seconds, in slices of one. What is given is counted over the current slice and the nine before it, which never is
 * longer than ten seconds; what is taken over one slice more, which never is shorter. A share taken of what was given therefore holds over any
 * ten seconds that end with a taking, not only over those that begin with a slice.
 *
 * <p>A slot holds the number of its slice in the upper half and the count in the lower one, so that whoever finds an old slice replaces both in
 * one step. Counting in a slot that is of now is one fetch-and-add. A thread that is held up between looking and adding may count in the slice that
 * has the slot eleven seconds later: one off, once.
 *
 * <p>Threads: any.
 */
final class RecentCounts {
    private static final long SLICE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int SLICES = 11;
    private static final long COUNT_MASK = (1L << 32) - 1;

    private final NanoClock clock;
    private final long originNanos;
    private final AtomicLongArray slots = new AtomicLongArray(SLICES);

    /** Slices are counted from {@code originNanos}, so that several of one origin see the same. */
    RecentCounts(NanoClock clock, long originNanos) {
        this.clock = clock;
        this.originNanos = originNanos;
    }

    /** The slice of this moment; from 1, so that a slot that was never used is of none. */
    long slice() {
        return 1 + (clock.nanoTime() - originNanos) / SLICE_NANOS;
    }

    /** One more in that slice. */
    void add(long slice) {
        int at = (int) (slice % SLICES);
        while (true) {
            long slot = slots.get(at);
            if (slot >>> 32 == slice) {
                slots.getAndIncrement(at);
                return;
            }
            if (slots.compareAndSet(at, slot, slice << 32 | 1)) {
                return;
            }
        }
    }

    /** One less in that slice, in which one was added. */
    void remove(long slice) {
        int at = (int) (slice % SLICES);
        long slot = slots.get(at);
        while (slot >>> 32 == slice && (slot & COUNT_MASK) > 0 && !slots.compareAndSet(at, slot, slot - 1)) {
            slot = slots.get(at);
        }
    }

    /** The count of that slice and the nine before it. */
    long given(long slice) {
        return sum(slice, SLICES - 1);
    }

    /** The count of that slice and the ten before it. */
    long taken(long slice) {
        return sum(slice, SLICES);
    }

    /** The count of that slice alone. */
    long within(long slice) {
        return sum(slice, 1);
    }

    private long sum(long slice, int slices) {
        long sum = 0;
        for (int i = 0; i < SLICES; i++) {
            long slot = slots.get(i);
            long of = slot >>> 32;
            if (of > slice - slices && of <= slice) {
                sum += slot & COUNT_MASK;
            }
        }
        return sum;
    }
}
