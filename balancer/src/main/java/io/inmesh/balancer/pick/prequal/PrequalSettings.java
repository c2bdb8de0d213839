package io.inmesh.balancer.pick.prequal;

import io.inmesh.balancer.config.PolicySettings;
import java.time.Duration;

/**
 * The numbers of {@link Prequal}, named as in its paper.
 *
 * @param probesPerRequest how many probes a request sends, 0.01 to 100; fractions are rounded at random. Default 3
 * @param removedPerRequest how many probes are thrown away for each request, the worst and the oldest in turn, 0 to 100. Default 1
 * @param reuse how much more often probes are used than they come, 0 to 100. Default 1
 * @param poolSize how many probes are kept at most, 2 to 64. Default 16
 * @param maxAge how long one counts, above zero. Default 1 s
 * @param quantile the share of endpoints that count as cold, 0 to 1; 0.6 to 0.9 are of use. Default 0.6
 */
public record PrequalSettings(
        double probesPerRequest,
        double removedPerRequest,
        double reuse,
        int poolSize,
        Duration maxAge,
        double quantile) {

    static final String POLICY = "prequal";
    static final String PROBES = "probes";
    static final String REMOVED = "removed";
    static final String REUSE = "reuse";
    static final String POOL = "pool";
    static final String AGE = "age";
    static final String QUANTILE = "quantile";

    /** The fewest probes that can be told from none. */
    static final double LEAST_PROBES = 0.01;

    /** The most of whatever a request sends, throws away or uses again. */
    static final double MOST = 100;

    /** The smallest number of answers that is a choice. */
    static final int LEAST_POOL = 2;

    /** The largest pool; a longer look would cost more than it finds. */
    static final int MOST_POOL = 64;

    /** The defaults. */
    public static final PrequalSettings DEFAULT = new PrequalSettings(3, 1, 1, 16, Duration.ofSeconds(1), 0.6);

    /** Checks the ranges. */
    public PrequalSettings {
        check(PROBES, probesPerRequest, LEAST_PROBES, MOST);
        check(REMOVED, removedPerRequest, 0, MOST);
        check(REUSE, reuse, 0, MOST);
        check(POOL, poolSize, LEAST_POOL, MOST_POOL);
        PolicySettings.check(POLICY, AGE, maxAge);
        check(QUANTILE, quantile, 0, 1);
    }

    private static void check(String key, double value, double least, double most) {
        PolicySettings.check(POLICY, key, value, least, most);
    }

    /** These, with what is said. */
    PrequalSettings with(PolicySettings said) {
        return new PrequalSettings(
                said.number(PROBES, probesPerRequest, LEAST_PROBES, MOST),
                said.number(REMOVED, removedPerRequest, 0, MOST),
                said.number(REUSE, reuse, 0, MOST),
                said.whole(POOL, poolSize, LEAST_POOL, MOST_POOL),
                said.duration(AGE, maxAge),
                said.number(QUANTILE, quantile, 0, 1));
    }

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
