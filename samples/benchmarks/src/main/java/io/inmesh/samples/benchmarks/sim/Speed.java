package io.inmesh.samples.benchmarks.sim;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** How fast one server works: 1 is nominal. Asked about moments that never go back. */
@FunctionalInterface
interface Speed {

    /** Above 0. */
    double at(long nowNanos);

    /** Always the same. */
    static Speed constant(double speed) {
        return now -> speed;
    }

    /** Nominal for a period, slow for the next, and so on. */
    static Speed alternating(double slow, long periodNanos) {
        return now -> (now / periodNanos) % 2 == 0 ? 1 : slow;
    }

    /** A neighbour on the machine takes part of it now and then: mostly nominal, slow for a while at random moments. */
    static Speed disturbed(double slow, Disturbance disturbance, RandomGenerator random) {
        return new Speed() {
            private boolean isSlow = true;
            private long untilNanos;

            @Override
            public double at(long nowNanos) {
                while (untilNanos <= nowNanos) {
                    isSlow = !isSlow;
                    untilNanos += isSlow
                            ? disturbance.leastNanos + drawn(disturbance.moreNanos, random)
                            : drawn(disturbance.apartNanos, random);
                }
                return isSlow ? slow : 1;
            }
        };
    }

    /**
     * When disturbances come.
     *
     * @param apartNanos mean time between the end of one and the next, exponential
     * @param leastNanos how long one lasts at least
     * @param moreNanos mean time that it lasts longer, exponential
     */
    record Disturbance(long apartNanos, long leastNanos, long moreNanos) {
        static Disturbance ofMillis(long apart, long least, long more) {
            return new Disturbance(
                    TimeUnit.MILLISECONDS.toNanos(apart),
                    TimeUnit.MILLISECONDS.toNanos(least),
                    TimeUnit.MILLISECONDS.toNanos(more));
        }
    }

    private static long drawn(long mean, RandomGenerator random) {
        return (long) (mean * random.nextExponential()) + 1;
    }
}
