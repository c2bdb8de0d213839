package io.inmesh.balancer.stage.locality;

/**
 * What part of one caller's requests goes to each zone, so that every endpoint gets as much as any other although most requests stay in their zone
 * (Envoy's rule, balancing 5.16): a zone that has a larger part of the endpoints than of the callers keeps everything; from any other as much leaves as
 * its endpoints are too few for, to zones that have more endpoints than callers, in proportion to that excess. Parts are in units of 1/10000, cut to
 * whole ones.
 */
final class ZoneShares {
    private static final int WHOLE = 10_000;

    private ZoneShares() {}

    /**
     * For a caller in one of the zones. Where each zone with callers has endpoints and callers send alike, every zone is sent its part of the
     * endpoints, but for the cut: in each number that is less than 1/10000 of all requests.
     *
     * @param callers how many run in each zone; may go on behind the zones that have endpoints
     * @param capacity what the endpoints of each zone can take, in the same order; above 0 in the caller's own
     * @param own the caller's zone
     * @return shares that sum to 1
     */
    static double[] of(long[] callers, double[] capacity, int own) {
        long[] called = parts(callers);
        long[] able = parts(capacity);
        double[] shares = new double[capacity.length];
        if (able[own] >= called[own]) {
            shares[own] = 1;
            return shares;
        }
        long residual = 0;
        for (int i = 0; i < shares.length; i++) {
            residual += residual(called, able, i);
        }
        if (residual == 0) { // What is too much here is lost in the cut.
            shares[own] = 1;
            return shares;
        }
        long kept = able[own] * WHOLE / called[own];
        shares[own] = kept / (double) WHOLE;
        double leaving = 1 - shares[own];
        for (int i = 0; i < shares.length; i++) {
            if (i != own) {
                shares[i] = leaving * residual(called, able, i) / residual;
            }
        }
        return shares;
    }

    private static long residual(long[] called, long[] able, int zone) {
        return Math.max(0, able[zone] - called[zone]);
    }

    private static long[] parts(long[] counts) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        long[] parts = new long[counts.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = counts[i] * WHOLE / total;
        }
        return parts;
    }

    private static long[] parts(double[] capacity) {
        double total = 0;
        for (double each : capacity) {
            total += each;
        }
        long[] parts = new long[capacity.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = (long) (capacity[i] * WHOLE / total);
        }
        return parts;
    }
}
