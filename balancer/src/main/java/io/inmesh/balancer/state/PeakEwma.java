package io.inmesh.balancer.state;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An average of latency that jumps up at once and comes down slowly (peak EWMA, from Finagle): a sample above the estimate replaces it,
 * one below moves it by {@code 1 - exp(-age / tau)}, where tau is the asker's. Reading decays the estimate without writing it, so that an endpoint which gets no
 * request for being slow is tried again after a while.
 *
 * <p>Estimate (float) and moment (units of 2^17 ns, which is 131 us) share one long, so that an update is one compare-and-set; after three lost
 * races the sample is dropped, for others have just written.
 */
final class PeakEwma {
    private static final int TRIES = 3;
    private static final int UNIT_BITS = 17;
    private static final double NANOS_PER_UNIT = 1 << UNIT_BITS;

    /** 8.6 s: far longer than a thread sleeps between reading the clock and recording. */
    private static final int BACKWARDS = 1 << 16;

    private static final long EMPTY = Float.floatToRawIntBits(Float.NaN);

    /** Moment in the high half, estimate in the low half. Written by whoever completes a request, read by anyone. */
    private final AtomicLong packed = new AtomicLong(EMPTY);

    /** The decayed estimate in nanoseconds, or NaN before the first sample. */
    double read(long nowNanos, long tauNanos) {
        long held = packed.get();
        return estimate(held) * decay(held, unitsAt(nowNanos), tauNanos);
    }

    /** Takes a sample in. */
    void record(long sampleNanos, long nowNanos, long tauNanos) {
        int now = unitsAt(nowNanos);
        for (int i = 0; i < TRIES; i++) {
            long held = packed.get();
            if (packed.compareAndSet(held, next(held, sampleNanos, now, tauNanos))) {
                return;
            }
        }
    }

    /** Takes in that a request took at least so long: raises the estimate or leaves it alone. */
    void recordAtLeast(long sampleNanos, long nowNanos, long tauNanos) {
        if (!(sampleNanos <= read(nowNanos, tauNanos))) {
            record(sampleNanos, nowNanos, tauNanos);
        }
    }

    /** Nothing is known from now on. */
    void forget() {
        packed.set(EMPTY);
    }

    private static long next(long held, long sampleNanos, int now, long tauNanos) {
        double a = decay(held, now, tauNanos);
        double old = estimate(held);
        double value = sampleNanos > old * a || Double.isNaN(old) ? sampleNanos : old * a + sampleNanos * (1 - a);
        int moment = isEarlier(now, moment(held)) && !Double.isNaN(old) ? moment(held) : now;
        return ((long) moment << 32) | Integer.toUnsignedLong(Float.floatToRawIntBits((float) value));
    }

    /** 1 now, 1/e after tau. A clock that seems to go back decays nothing. */
    private static double decay(long held, int now, long tauNanos) {
        int moment = moment(held);
        return isEarlier(now, moment) ? 1 : Math.exp(-NANOS_PER_UNIT * Integer.toUnsignedLong(now - moment) / tauNanos);
    }

    /**
     * True if the first moment is before the second, by at most {@link #BACKWARDS}: threads that read the clock before one another. Whatever
     * else looks like going back is age instead, up to 2^16 tau, after which moments repeat and an idle estimate decays once more.
     */
    private static boolean isEarlier(int moment, int than) {
        int by = than - moment;
        return by > 0 && by <= BACKWARDS;
    }

    private static double estimate(long held) {
        return Float.intBitsToFloat((int) held);
    }

    private static int moment(long held) {
        return (int) (held >>> 32);
    }

    private static int unitsAt(long nanos) {
        return (int) (nanos >> UNIT_BITS);
    }
}
