package io.inmesh.samples.benchmarks.sim;

import java.util.Arrays;

/**
 * What came out of an experiment, or the worst of several.
 *
 * @param p50 latency in milliseconds that half of the requests did not exceed; the others alike
 * @param share requests of the server that got most, for each that a server got on average
 */
record Measurement(double p50, double p99, double p999, double mean, double share) {
    private static final double NANOS_PER_MILLI = 1e6;

    /** Sorts the latencies. */
    static Measurement of(long[] latencies, long[] received) {
        Arrays.sort(latencies);
        return new Measurement(
                quantile(latencies, 0.5),
                quantile(latencies, 0.99),
                quantile(latencies, 0.999),
                Arrays.stream(latencies).average().orElseThrow() / NANOS_PER_MILLI,
                Arrays.stream(received).max().orElseThrow()
                        / Arrays.stream(received).average().orElseThrow());
    }

    private static double quantile(long[] sorted, double quantile) {
        int rank = (int) Math.ceil(quantile * sorted.length);
        return sorted[rank - 1] / NANOS_PER_MILLI;
    }

    /** Of each number the larger one. */
    Measurement worst(Measurement other) {
        return new Measurement(
                Math.max(p50, other.p50),
                Math.max(p99, other.p99),
                Math.max(p999, other.p999),
                Math.max(mean, other.mean),
                Math.max(share, other.share));
    }
}
