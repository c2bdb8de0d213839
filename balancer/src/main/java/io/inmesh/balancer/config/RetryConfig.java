package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * How often and how fast a request is sent again that failed and is safe to repeat. Keys {@code retry.*}. Over gRPC
 * {@code timeout} is a hedge of idempotent calls after that time, and {@code deadline} is for unary calls that have none.
 *
 * @param attempts how many are made at most, hedges included; from 1, which repeats nothing, to 5; default 3
 * @param timeout how long one attempt may take until its answer begins; then an idempotent request goes elsewhere, and any other fails; zero,
 *     the default, = as long as the client lets it, written {@code off}
 * @param deadline how long all attempts of a request together may take until the answer begins; zero, the default, = without limit, written
 *     {@code off}. What a call says of itself outranks it
 * @param backoff how long is waited before the first repeat, give or take 20 %, and twice as long before each further one; at most 1 min;
 *     default 25 ms, {@code off} = no wait. A first repeat after nothing was sent never waits
 * @param maxBackoff the longest such wait; default 250 ms
 */
public record RetryConfig(int attempts, Duration timeout, Duration deadline, Duration backoff, Duration maxBackoff) {

    // Before the default, which is held against them.
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** More than this is a storm for whoever is in trouble already: gRPC's own limit. */
    private static final int MOST_ATTEMPTS = 5;

    /** Three attempts; the waits are those to which gRFC A44 maps Envoy's. */
    public static final RetryConfig DEFAULT =
            new RetryConfig(3, Duration.ZERO, Duration.ZERO, Duration.ofMillis(25), Duration.ofMillis(250));

    /** The room's name, before each of its keys. */
    static final String ROOM = "retry";

    /** Key of {@link #attempts}, without the room's name. */
    static final String ATTEMPTS = "attempts";

    /** Key of {@link #timeout}, without the room's name. */
    static final String TIMEOUT = "timeout";

    /** Key of {@link #deadline}, without the room's name. */
    static final String DEADLINE = "deadline";

    private static final String BACKOFF = "backoff";
    private static final String MAX_BACKOFF = "max-backoff";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(ATTEMPTS, TIMEOUT, DEADLINE, BACKOFF, MAX_BACKOFF);

    /** Checks the ranges, and that what is shorter is shorter. */
    public RetryConfig {
        Ranges.check(ROOM, ATTEMPTS, attempts, 1, MOST_ATTEMPTS);
        Ranges.check(ROOM, TIMEOUT, timeout, LONGEST);
        Ranges.check(ROOM, DEADLINE, deadline, LONGEST);
        Ranges.check(ROOM, BACKOFF, backoff, LONGEST_BACKOFF);
        Ranges.check(ROOM, MAX_BACKOFF, maxBackoff, LONGEST_BACKOFF);
        if (backoff.compareTo(maxBackoff) > 0) {
            throw new IllegalArgumentException(ROOM + "." + BACKOFF + ": " + backoff + " (expected: at most " + ROOM
                    + "." + MAX_BACKOFF + ", which is " + maxBackoff + ")");
        }
        if (!deadline.isZero() && timeout.compareTo(deadline) > 0) {
            throw new IllegalArgumentException(ROOM + "." + TIMEOUT + ": " + timeout + " (expected: at most " + ROOM
                    + "." + DEADLINE + ", which is " + deadline + ")");
        }
    }

    /** Reads what is said, the defaults for the rest. */
    static RetryConfig of(PolicySettings said) {
        return new RetryConfig(
                said.whole(ATTEMPTS, DEFAULT.attempts, 1, MOST_ATTEMPTS),
                said.durationOrOff(TIMEOUT, DEFAULT.timeout),
                said.durationOrOff(DEADLINE, DEFAULT.deadline),
                said.durationOrOff(BACKOFF, DEFAULT.backoff),
                said.durationOrOff(MAX_BACKOFF, DEFAULT.maxBackoff));
    }
}
