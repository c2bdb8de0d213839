package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * Whether an idempotent request that has no answer yet is sent to a second endpoint besides, and the first answer taken. Keys {@code hedge.*}.
 *
 * @param delay after how long, at least 1 ms; zero = by {@link #percentile}, or not at all
 * @param percentile the percentage of answers that had come by then, as measured in the last seconds: more than 0 and less than 100; 0 = by
 *     {@link #delay}. Both are key {@code hedge.delay}: {@code off} by default, a time such as {@code 20ms}, or {@code p95}
 * @param attempts how many attempts of a request run at the same time at most, 2 to 5; default 2
 * @param percent how many hedges there are for 100 requests of a service at most, counted over any 10 s; they need the service's budget as
 *     well; 1 to 100, default 5
 */
public record HedgeConfig(Duration delay, double percentile, int attempts, int percent) {

    // Before what is built from it.
    private static final Duration LONGEST = Duration.ofDays(1);

    /** No hedges. */
    public static final HedgeConfig OFF = new HedgeConfig(Duration.ZERO, 0, 2, 5);

    /** The room's name, before each of its keys. */
    static final String ROOM = "hedge";

    /** Key of {@link #delay} and {@link #percentile}, without the room's name. */
    static final String DELAY = "delay";

    /** Key of {@link #attempts}, without the room's name. */
    static final String ATTEMPTS = "attempts";

    private static final String PERCENT = "percent";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(DELAY, ATTEMPTS, PERCENT);

    /** Checks the ranges, and that one of the two delays is said at most. */
    public HedgeConfig {
        Ranges.check(ROOM, DELAY, delay, LONGEST);
        if (!(percentile >= 0 && percentile < 100) || (percentile > 0 && !delay.isZero())) {
            throw new IllegalArgumentException(ROOM + "." + DELAY + ": p" + percentile + " and " + delay
                    + " (expected: off, a time such as 20ms, or a percentile below 100 such as p95)");
        }
        Ranges.check(ROOM, ATTEMPTS, attempts, 2, 5);
        Ranges.check(ROOM, PERCENT, percent, 1, 100);
    }

    /** True if there may be hedges. */
    public boolean isOn() {
        return percentile > 0 || !delay.isZero();
    }

    /** Reads what is said, the defaults for the rest. */
    static HedgeConfig of(PolicySettings said) {
        double percentile = said.percentile(DELAY);
        return new HedgeConfig(
                percentile > 0 ? Duration.ZERO : said.durationOrOff(DELAY, OFF.delay),
                percentile,
                said.whole(ATTEMPTS, OFF.attempts, 2, 5),
                said.whole(PERCENT, OFF.percent, 1, 100));
    }
}
