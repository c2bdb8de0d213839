package io.inmesh.samples.quickstart;

import java.util.Arrays;

/**
 * How long requests took. Keeps every one, which is exact and, at the rates of this sample, cheap enough.
 *
 * <p>Threads: any; guarded by itself.
 */
final class Latencies {
    private static final double NANOS_PER_MILLI = 1e6;

    private long[] nanos = new long[64];
    private int count;

    synchronized void add(long tookNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = tookNanos;
    }

    /**
     * One moment's count and percentiles.
     *
     * @param count how many
     * @param p50Millis the median in milliseconds; 0 if there are none
     * @param p99Millis the 99th percentile in milliseconds; 0 if there are none
     */
    record Summary(int count, double p50Millis, double p99Millis) {
        static final Summary NOTHING = new Summary(0, 0, 0);
    }

    Summary summary() {
        long[] sorted;
        synchronized (this) {
            sorted = Arrays.copyOf(nanos, count);
        }
        if (sorted.length == 0) {
            return Summary.NOTHING;
        }
        Arrays.sort(sorted);
        return new Summary(sorted.length, percentile(sorted, 0.50), percentile(sorted, 0.99));
    }

    /** The smallest value that so large a part of all does not exceed. */
    private static double percentile(long[] sorted, double part) {
        int rank = (int) Math.ceil(part * sorted.length);
        return sorted[Math.max(rank, 1) - 1] / NANOS_PER_MILLI;
    }
}
