package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * How the latency of endpoints is taken, for policies that go by it (peak-ewma, prequal without reports, own ones). Keys {@code latency.*}; they
 * ask for no measuring by themselves. Estimates belong to the endpoints of a service port and are shared by all who reach it: each takes what it
 * measures, and reads what all have measured, by its own settings. A change of them keeps what is known.
 *
 * @param decay after how long without a request an estimate is down to 1/e, and how fast better answers lower it; 100 ms to 1 h, default 10 s
 *     (Finagle, Linkerd). 1 s reacts quicker to short disturbances, and forgets the slow sooner
 * @param failurePenalty what a failure counts as at least, so that failing fast never looks attractive; 1 ms to 1 h, default 5 s (Linkerd)
 * @param point where a request's time ends
 */
public record LatencyConfig(Duration decay, Duration failurePenalty, Point point) {

    // Before the default, which is held against it.
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Linkerd's numbers, up to the first byte. */
    public static final LatencyConfig DEFAULT =
            new LatencyConfig(Duration.ofSeconds(10), Duration.ofSeconds(5), Point.FIRST_BYTE);

    /** The room's name, before each of its keys. */
    static final String ROOM = "latency";

    private static final String DECAY = "decay";
    private static final String FAILURE_PENALTY = "failure-penalty";
    private static final String POINT = "point";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(DECAY, FAILURE_PENALTY, POINT);

    private static final long LEAST_DECAY_MILLIS = 100;
    private static final long LEAST_PENALTY_MILLIS = 1;

    /** Where the time of a request that is answered ends. Streams and conversations give no time at all. */
    public enum Point {
        /** Where its answer begins. */
        FIRST_BYTE,
        /** Where its answer has been received as a whole. */
        COMPLETION
    }

    /** Checks the ranges. */
    public LatencyConfig {
        check(DECAY, decay, LEAST_DECAY_MILLIS);
        check(FAILURE_PENALTY, failurePenalty, LEAST_PENALTY_MILLIS);
    }

    private static void check(String key, Duration value, long leastMillis) {
        if (value.compareTo(Duration.ofMillis(leastMillis)) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    ROOM + "." + key + ": " + value + " (expected: a time from " + leastMillis + "ms to 1h)");
        }
    }

    /** Reads what is said, the defaults for the rest. */
    static LatencyConfig of(PolicySettings said) {
        return new LatencyConfig(
                said.duration(DECAY, DEFAULT.decay),
                said.duration(FAILURE_PENALTY, DEFAULT.failurePenalty),
                said.choice(POINT, DEFAULT.point));
    }
}
