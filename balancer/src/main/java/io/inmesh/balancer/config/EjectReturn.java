package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * For how long an endpoint is ejected, and how it comes back: through a few requests that decide, then with a weight that grows. Keys {@code eject.*}.
 *
 * @param base how long the first time; each ejection soon after another takes one base more. Default 30 s
 * @param max but no longer than this; not below base, default 5 min
 * @param jitter up to so much is added by chance, so that not all clients come back at once. Default 3 s, written {@code off} for none
 * @param trials so many requests at a time are tried, and have to go well one after the other, before it is trusted again; one that fails ejects
 *     it anew. Default 1
 * @param slowStart how long it then takes to its full weight, where {@code slow-start.window} is off; more than 1 s and at most a day, default 30 s,
 *     written {@code off} for at once
 */
public record EjectReturn(Duration base, Duration max, Duration jitter, int trials, Duration slowStart) {

    // Before the default, which is held against it.
    private static final Duration LONGEST = Duration.ofDays(1);

    /** The times of gRFC A50, and one trial. */
    public static final EjectReturn DEFAULT = new EjectReturn(
            Duration.ofSeconds(30), Duration.ofSeconds(300), Duration.ofSeconds(3), 1, Duration.ofSeconds(30));

    private static final String BASE = "base";
    private static final String MAX = "max";
    private static final String JITTER = "jitter";
    private static final String TRIALS = "trials";
    private static final String SLOW_START = "slow-start";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(BASE, MAX, JITTER, TRIALS, SLOW_START);

    private static final int MOST_TRIALS = 1_000;

    /** Checks the ranges. */
    public EjectReturn {
        if (base.isNegative() || base.isZero()) {
            throw new IllegalArgumentException(
                    EjectConfig.ROOM + "." + BASE + ": " + base + " (expected: more than zero)");
        }
        if (max.compareTo(base) < 0 || max.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(EjectConfig.ROOM + "." + MAX + ": " + max + " (expected: at least "
                    + EjectConfig.ROOM + "." + BASE + ", which is " + base + ", and at most 24h)");
        }
        if (jitter.isNegative() || jitter.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    EjectConfig.ROOM + "." + JITTER + ": " + jitter + " (expected: zero to 24h)");
        }
        Ranges.check(EjectConfig.ROOM, TRIALS, trials, 1, MOST_TRIALS);
        SlowStartConfig.checkWindow(EjectConfig.ROOM + "." + SLOW_START, slowStart);
    }

    /** Reads what is said, the defaults for the rest. */
    static EjectReturn of(PolicySettings said) {
        return new EjectReturn(
                said.duration(BASE, DEFAULT.base),
                said.duration(MAX, DEFAULT.max),
                said.durationOrOff(JITTER, DEFAULT.jitter),
                said.whole(TRIALS, DEFAULT.trials, 1, MOST_TRIALS),
                said.durationOrOff(SLOW_START, DEFAULT.slowStart));
    }
}
