package io.inmesh.balancer.attempt;

import io.inmesh.api.Internal;
import io.inmesh.api.time.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * How long the answers of a service take: a histogram of the last some seconds, from which a percentile is read again every three. Each power of
 * two is split into sixteen, so that what is read is at most 6 % above what was measured, and never below it; 13 KB, made where hedges are set
 * to a percentile.
 *
 * <p>Attempts that lost against a hedge are counted by the time after which they were given up: left out, the slow ones would be missing
 * and the percentile would fall with every hedge.
 *
 * <p>Threads: any. Counting is one fetch-and-add. Whoever comes first into a new slice puts an empty one in the place of the oldest, so that nothing gets
 * lost that others count meanwhile.
 */
@Internal
public final class AnswerTimes {
    private static final long SLICE_NANOS = Duration.ofSeconds(3).toNanos();

    /** The one that is being filled, and four that are read. */
    private static final int SLICES = 5;

    private static final int SPLIT_BITS = 4;

    /** Up to 2^44 ns, nearly five hours; what takes longer counts as that. */
    private static final int BUCKETS = (44 - SPLIT_BITS + 1) << SPLIT_BITS;

    /** A percentile is told by at least one answer that was slower; fewer than this many tell none. */
    private static final int LEAST_SAMPLES = 20;

    /** A hedge that comes sooner would be a second request, not a remedy. */
    private static final long FLOOR_NANOS = Duration.ofMillis(1).toNanos();

    private final NanoClock clock;
    private final long originNanos;

    /** Each in the place of its number's remainder; replaced by whoever comes first into a later one, read by all. */
    private final AtomicReferenceArray<@Nullable Slice> slices = new AtomicReferenceArray<>(SLICES);

    /** What was read last. Written by whoever finds it old; of several at once any may stay, for they read the same. */
    private volatile @Nullable Read last;

    /** What was counted in three seconds: any thread adds, any reads. */
    private record Slice(long number, AtomicIntegerArray counts) {}

    private record Read(long slice, double percentile, long nanos) {}

    /** Nothing is known yet. */
    public AnswerTimes(NanoClock clock) {
        this.clock = clock;
        this.originNanos = clock.nanoTime();
    }

    private long slice() {
        return 1 + (clock.nanoTime() - originNanos) / SLICE_NANOS;
    }

    /** An answer took so long. */
    public void record(long nanos) {
        current().counts.getAndIncrement(bucketOf(nanos));
    }

    private Slice current() {
        long number = slice();
        int place = (int) (number % SLICES);
        Slice held = slices.get(place);
        while (held == null || held.number < number) {
            Slice fresh = new Slice(number, new AtomicIntegerArray(BUCKETS));
            if (slices.compareAndSet(place, held, fresh)) {
                return fresh;
            }
            held = slices.get(place);
        }
        return held;
    }

    /** So many percent of the answers of the last 12 seconds took no longer, at least 1 ms; 0 while too few are known. */
    long percentileNanos(double percentile) {
        long slice = slice();
        Read read = last;
        if (read == null || read.slice != slice || read.percentile != percentile) {
            read = new Read(slice, percentile, read(slice, percentile));
            last = read;
        }
        return read.nanos;
    }

    private long read(long now, double percentile) {
        long[] sums = new long[BUCKETS];
        long all = 0;
        for (int place = 0; place < SLICES; place++) {
            Slice slice = slices.get(place);
            if (slice != null && slice.number < now && slice.number > now - SLICES) {
                for (int i = 0; i < BUCKETS; i++) {
                    int count = slice.counts.get(i);
                    sums[i] += count;
                    all += count;
                }
            }
        }
        if (all < LEAST_SAMPLES) {
            return 0;
        }
        long wanted = (long) Math.ceil(all * percentile / 100);
        int bucket = 0;
        for (long seen = sums[0]; seen < wanted; seen += sums[bucket]) {
            bucket++;
        }
        return Math.max(FLOOR_NANOS, upperEdgeOf(bucket));
    }

    /** The first sixteen hold one nanosecond each; from there on the highest bit tells the power of two and the four bits after it the place in it. */
    private static int bucketOf(long nanos) {
        long value = Math.max(0, nanos);
        int power = 63 - Long.numberOfLeadingZeros(value | 1);
        if (power < SPLIT_BITS) {
            return (int) value;
        }
        int shift = power - SPLIT_BITS;
        int bucket = ((shift + 1) << SPLIT_BITS) + (int) (value >>> shift) - (1 << SPLIT_BITS);
        return Math.min(bucket, BUCKETS - 1);
    }

    /** The largest value of the bucket. */
    private static long upperEdgeOf(int bucket) {
        int shift = (bucket >>> SPLIT_BITS) - 1;
        if (shift < 0) {
            return bucket;
        }
        long low = (long) ((bucket & ((1 << SPLIT_BITS) - 1)) + (1 << SPLIT_BITS)) << shift;
        return low + (1L << shift) - 1;
    }
}
