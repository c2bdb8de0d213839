package io.inmesh.balancer.state;

import io.inmesh.balancer.config.LatencyConfig;

/**
 * By what settings one balancer takes and reads the latency of endpoints, as requests need them.
 *
 * @param decayNanos after how long an estimate is down to 1/e
 * @param penaltyNanos what a failure counts as at least
 * @param atCompletion whether the time of an answer goes to its end, not to its beginning
 */
public record LatencyTerms(long decayNanos, long penaltyNanos, boolean atCompletion) {

    /** Of the defaults. */
    public static final LatencyTerms USUAL = of(LatencyConfig.DEFAULT);

    /** Those of the settings; the same object if it says that already, so that members see at once that nothing has changed. */
    public LatencyTerms orOf(LatencyConfig config) {
        LatencyTerms wanted = of(config);
        return equals(wanted) ? this : wanted;
    }

    private static LatencyTerms of(LatencyConfig config) {
        return new LatencyTerms(
                config.decay().toNanos(),
                config.failurePenalty().toNanos(),
                config.point() == LatencyConfig.Point.COMPLETION);
    }
}
