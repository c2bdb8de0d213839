package io.inmesh.balancer.pick.prequal;

import java.time.Duration;

/**
 * The numbers of {@link Prequal}, named as in its paper.
 *
 * @param probesPerRequest how many probes a request sends, above 0; fractions are rounded at random. Default 3
 * @param removedPerRequest how many probes are thrown away for each request, the worst and the oldest in turn. Default 1
 * @param reuse how much more often probes are used than they come, 0 or more. Default 1
 * @param poolSize how many probes are kept at most. Default 16
 * @param maxAge how long one counts. Default 1 s
 * @param quantile the share of endpoints that count as cold, 0 to 1; 0.6 to 0.9 are of use. Default 0.6
 */
public record PrequalSettings(
        double probesPerRequest,
        double removedPerRequest,
        double reuse,
        int poolSize,
        Duration maxAge,
        double quantile) {

    /** The defaults. */
    public static final PrequalSettings DEFAULT = new PrequalSettings(3, 1, 1, 16, Duration.ofSeconds(1), 0.6);

    /** How many probes are kept over that many endpoints: where all would fit, half of them, so that old ones go. */
    int poolFor(int endpoints) {
        return endpoints <= poolSize ? Math.max(2, endpoints / 2) : poolSize;
    }

    /**
     * How often one probe may be used, on the average: so often that probes last although some are thrown away and some are sent in vain, to
     * endpoints that are in the pool.
     */
    double usesEach(int endpoints) {
        double kept = (1 - (double) poolFor(endpoints) / endpoints) * probesPerRequest - removedPerRequest;
        return kept <= 0 ? Double.POSITIVE_INFINITY : Math.max(1, (1 + reuse) / kept);
    }
}
