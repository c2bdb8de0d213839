package io.inmesh.balancer.config;

import java.util.List;

/**
 * Which share of failures within an interval ejects an endpoint. Keys {@code eject.*}; the rules are those of gRFC A50, but for {@code minGap}.
 *
 * @param successRateFactor ejected if its rate of success is so many thousandths of a standard deviation below the mean of all; 0 turns the rule off,
 *     default 1900
 * @param minGap and at least so many percentage points below the mean, and 8 standard errors of the mean at its volume. Without that a single
 *     failure among thousands of successes would do, since the others have none. Default 5; 0 leaves both out, as gRPC has it
 * @param minHosts with fewer endpoints of enough requests no rate is compared; default 5
 * @param requestVolume how many requests are enough for its rate of success; default 100
 * @param failurePercent ejected if more than so many percent fail; 0 turns the rule off, default 85
 * @param failureVolume how many requests are enough for that; default 50
 */
public record EjectRates(
        int successRateFactor, int minGap, int minHosts, int requestVolume, int failurePercent, int failureVolume) {

    /** The numbers of gRFC A50, and a gap. */
    public static final EjectRates DEFAULT = new EjectRates(1900, 5, 5, 100, 85, 50);

    private static final String FACTOR = "success-rate-factor";
    private static final String MIN_GAP = "min-gap";
    private static final String MIN_HOSTS = "min-hosts";
    private static final String REQUEST_VOLUME = "request-volume";
    private static final String FAILURE_PERCENT = "failure-percent";
    private static final String FAILURE_VOLUME = "failure-volume";

    /** Its keys, without the room's name. */
    static final List<String> KEYS =
            List.of(FACTOR, MIN_GAP, MIN_HOSTS, REQUEST_VOLUME, FAILURE_PERCENT, FAILURE_VOLUME);

    private static final int MOST_FACTOR = 1_000_000;

    /** Checks the ranges. */
    public EjectRates {
        Ranges.check(EjectConfig.ROOM, FACTOR, successRateFactor, 0, MOST_FACTOR);
        Ranges.check(EjectConfig.ROOM, MIN_GAP, minGap, 0, 100);
        Ranges.check(EjectConfig.ROOM, MIN_HOSTS, minHosts, 1, Integer.MAX_VALUE);
        Ranges.check(EjectConfig.ROOM, REQUEST_VOLUME, requestVolume, 1, Integer.MAX_VALUE);
        Ranges.check(EjectConfig.ROOM, FAILURE_PERCENT, failurePercent, 0, 99);
        Ranges.check(EjectConfig.ROOM, FAILURE_VOLUME, failureVolume, 1, Integer.MAX_VALUE);
    }

    /** True if a rule is on. */
    public boolean isOn() {
        return successRateFactor > 0 || failurePercent > 0;
    }

    /** Reads what is said, the defaults for the rest. */
    static EjectRates of(PolicySettings said) {
        return new EjectRates(
                said.whole(FACTOR, DEFAULT.successRateFactor, 0, MOST_FACTOR),
                said.whole(MIN_GAP, DEFAULT.minGap, 0, 100),
                said.whole(MIN_HOSTS, DEFAULT.minHosts, 1, Integer.MAX_VALUE),
                said.whole(REQUEST_VOLUME, DEFAULT.requestVolume, 1, Integer.MAX_VALUE),
                said.whole(FAILURE_PERCENT, DEFAULT.failurePercent, 0, 99),
                said.whole(FAILURE_VOLUME, DEFAULT.failureVolume, 1, Integer.MAX_VALUE));
    }
}
