package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * Where weights come from. Keys {@code weight.*}.
 *
 * @param source what endpoints say of themselves in the cluster, or what they report of their load
 * @param blackout how long reports must have come before they count; default 10 s
 * @param expiration after how long without a report they are forgotten; above blackout and period, at most a day; default 3 min
 * @param period how often weights are taken from reports; default 1 s
 * @param errorPenalty what a share of failed requests adds to utilization; default 1
 * @param metrics names of utilizations to read before the application's own
 * @param oobPeriod how often endpoints are asked to report without being called, in place of the reports in their answers; zero, the default: not.
 *     gRPC alone
 */
public record WeightConfig(
        Source source,
        Duration blackout,
        Duration expiration,
        Duration period,
        double errorPenalty,
        List<String> metrics,
        Duration oobPeriod) {

    // Before the default, which is held against it.
    private static final Duration LEAST_PERIOD = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** From the endpoints; the numbers for reports are those of gRFC A58. */
    public static final WeightConfig DEFAULT = new WeightConfig(
            Source.ENDPOINT,
            Duration.ofSeconds(10),
            Duration.ofMinutes(3),
            Duration.ofSeconds(1),
            1,
            List.of(),
            Duration.ZERO);

    /** The room's name, before each of its keys. */
    static final String ROOM = "weight";

    private static final String SOURCE = "source";
    private static final String BLACKOUT = "blackout";
    private static final String EXPIRATION = "expiration";
    private static final String PERIOD = "period";
    private static final String ERROR_PENALTY = "error-penalty";
    private static final String METRICS = "metrics";
    private static final String OOB_PERIOD = "oob-period";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(SOURCE, BLACKOUT, EXPIRATION, PERIOD, ERROR_PENALTY, METRICS, OOB_PERIOD);

    /** What {@code on} means: the default of gRFC A58. */
    private static final Duration USUAL_OOB_PERIOD = Duration.ofSeconds(10);

    private static final double MOST_PENALTY = 1_000;

    /** Where weights come from. */
    public enum Source {
        /** The endpoint: an annotation or label of its pod, a static list, or code. */
        ENDPOINT,
        /**
         * Its load reports: requests a second for each unit of utilization, times the weight it has otherwise. Policies that follow a key do not
         * go by them, for changing weights would move keys.
         */
        REPORTS
    }

    /** Checks the ranges. */
    public WeightConfig {
        metrics = List.copyOf(metrics);
        Ranges.check(ROOM, ERROR_PENALTY, errorPenalty, 0, MOST_PENALTY);
        if (blackout.isNegative()) {
            throw new IllegalArgumentException(ROOM + "." + BLACKOUT + ": " + blackout + " (expected: zero or more)");
        }
        if (period.compareTo(LEAST_PERIOD) < 0) {
            throw new IllegalArgumentException(ROOM + "." + PERIOD + ": " + period + " (expected: 100ms or more)");
        }
        if (oobPeriod.isNegative() || (!oobPeriod.isZero() && oobPeriod.compareTo(LEAST_PERIOD) < 0)) {
            throw new IllegalArgumentException(
                    ROOM + "." + OOB_PERIOD + ": " + oobPeriod + " (expected: 100ms or more, or off)");
        }
        checkExpiration(expiration, OOB_PERIOD, oobPeriod);
        checkExpiration(expiration, BLACKOUT, blackout);
        checkExpiration(expiration, PERIOD, period);
        if (expiration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    ROOM + "." + EXPIRATION + ": " + expiration + " (expected: at most 24h)");
        }
    }

    private static void checkExpiration(Duration expiration, String key, Duration shorter) {
        if (expiration.compareTo(shorter) <= 0) {
            throw new IllegalArgumentException(ROOM + "." + EXPIRATION + ": " + expiration + " (expected: more than "
                    + ROOM + "." + key + ", which is " + shorter + ")");
        }
    }

    /** Reads what is said, the defaults for the rest. */
    static WeightConfig of(PolicySettings said) {
        return new WeightConfig(
                said.choice(SOURCE, DEFAULT.source),
                said.durationOrOff(BLACKOUT, DEFAULT.blackout),
                said.duration(EXPIRATION, DEFAULT.expiration),
                said.duration(PERIOD, DEFAULT.period),
                said.number(ERROR_PENALTY, DEFAULT.errorPenalty, 0, MOST_PENALTY),
                said.list(METRICS),
                said.durationOrSwitch(OOB_PERIOD, DEFAULT.oobPeriod, USUAL_OOB_PERIOD));
    }
}
