package io.inmesh.balancer.grpc.orca;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a request takes on a server at a number of requests in flight: the median of the newest that met as many when they came, or about as many
 * where those are few (Prequal, NSDI 2024, section 4). A server that has emptied speaks of how it is when empty, so it is asked again; an
 * average of all would stay high and keep it empty.
 *
 * <p>Threads: any, without locks. A reader may meet a request twice or not at all while others end; of sixteen that makes no difference.
 */
final class LatencyAtLoad {
    /** About a second of answers; a power of two. */
    private static final int REMEMBERED = 256;

    private static final int MOST = 16;
    private static final int LEAST = 8;

    // One word for each: the number met above, the time below.
    private static final int TIME_BITS = 44; // Of nanoseconds: nearly five hours.
    private static final long LONGEST = (1L << TIME_BITS) - 1;
    private static final int MOST_MET = (1 << (Long.SIZE - 1 - TIME_BITS)) - 1;

    private final AtomicLongArray requests = new AtomicLongArray(REMEMBERED);
    private final AtomicInteger heard = new AtomicInteger();

    /** A request that met so many others has been answered. */
    void record(int met, long nanos) {
        long word = ((long) Math.min(met, MOST_MET) << TIME_BITS) | Math.min(Math.max(nanos, 0), LONGEST);
        int number = heard.getAndUpdate(before -> before == 2 * REMEMBERED - 1 ? REMEMBERED : before + 1);
        requests.set(number % REMEMBERED, word);
    }

    /** What one takes that meets so many, in nanoseconds; 0 while nothing is known. */
    double at(int others) {
        int met = Math.min(others, MOST_MET);
        int newest = heard.get();
        if (newest == 0) {
            return 0;
        }
        long[] near = new long[MOST];
        int wanted = Math.min(newest, LEAST);
        int found = gather(met, 0, newest, near);
        for (int width = 1; found < wanted && width <= MOST_MET; width = 2 * width + 1) {
            found = gather(met, width, newest, near);
        }
        if (found == 0) {
            return 0;
        }
        Arrays.sort(near, 0, found);
        return (near[(found - 1) / 2] + near[found / 2]) / 2.0;
    }

    /** Collects the newest that met so many, give or take {@code width}; returns how many. */
    private int gather(int met, int width, int newest, long[] near) {
        int found = 0;
        int oldest = Math.max(0, newest - REMEMBERED);
        for (int i = newest - 1; i >= oldest && found < MOST; i--) {
            long word = requests.get(i % REMEMBERED);
            if (Math.abs((int) (word >>> TIME_BITS) - met) <= width) {
                near[found++] = word & LONGEST;
            }
        }
        return found;
    }
}
