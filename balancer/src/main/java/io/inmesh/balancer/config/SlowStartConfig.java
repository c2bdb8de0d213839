package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * How an endpoint that has just come gets its share. Keys {@code slow-start.*}.
 *
 * @param window how long it takes until it has its full weight, more than 1 s and at most a day; zero, the default, = at once, written {@code off}
 * @param aggression above 1: more at the beginning, less later; default 1, in proportion to time
 * @param minPercent the percentage of its weight that it has at least; default 10
 */
public record SlowStartConfig(Duration window, double aggression, int minPercent) {

    // Before what is built from them.
    /** No endpoint counts as younger than this, so a shorter window would be none. */
    private static final Duration YOUNGEST = Duration.ofSeconds(1);

    private static final Duration LONGEST = Duration.ofDays(1);

    /** Full weight at once. */
    public static final SlowStartConfig OFF = new SlowStartConfig(Duration.ZERO, 1, 10);

    /** The room's name, before each of its keys. */
    static final String ROOM = "slow-start";

    private static final String WINDOW = "window";
    private static final String AGGRESSION = "aggression";
    private static final String MIN_PERCENT = "min-percent";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(WINDOW, AGGRESSION, MIN_PERCENT);

    private static final double LEAST_AGGRESSION = 0.1;
    private static final double MOST_AGGRESSION = 10;

    /** Checks the ranges. */
    public SlowStartConfig {
        checkWindow(ROOM + "." + WINDOW, window);
        Ranges.check(ROOM, AGGRESSION, aggression, LEAST_AGGRESSION, MOST_AGGRESSION);
        Ranges.check(ROOM, MIN_PERCENT, minPercent, 1, 100);
    }

    static void checkWindow(String key, Duration window) {
        if (!window.isZero() && (window.compareTo(YOUNGEST) <= 0 || window.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    key + ": " + window + " (expected: more than 1s and at most 24h, or off)");
        }
    }

    /** The same growth over another window. */
    public SlowStartConfig withWindow(Duration newWindow) {
        return new SlowStartConfig(newWindow, aggression, minPercent);
    }

    /** True if there is a window. */
    public boolean isOn() {
        return !window.isZero();
    }

    /** Reads what is said, the defaults for the rest. */
    static SlowStartConfig of(PolicySettings said) {
        return new SlowStartConfig(
                said.durationOrOff(WINDOW, OFF.window),
                said.number(AGGRESSION, OFF.aggression, LEAST_AGGRESSION, MOST_AGGRESSION),
                said.whole(MIN_PERCENT, OFF.minPercent, 1, 100));
    }
}
