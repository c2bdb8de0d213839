package io.inmesh.balancer.grpc;

import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.RetryConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Our settings as gRPC's service configs write them (gRFC A6). Pure. */
final class MethodPolicies {

    /**
     * How an attempt ends when its connection breaks or its server stops: UNAVAILABLE, mostly; UNKNOWN when Netty finds the channel closed as it
     * writes; CANCELLED when a server that shuts down resets its streams (a caller's own cancellation ends the call, and nothing is repeated).
     * gRPC cannot tell these from a server's own word; of UNKNOWN and CANCELLED that is an answer, and {@link CallAttempt#steer} keeps gRPC from a repeat.
     */
    static final List<String> BROKEN = List.of("UNAVAILABLE", "UNKNOWN", "CANCELLED");

    private static final double DOUBLED = 2;

    /** gRPC takes no more, unless its user raises its limit. */
    private static final double MOST_HEDGES = 5;

    /** gRPC demands a wait. */
    private static final Duration SHORTEST = Duration.ofNanos(1);

    private MethodPolicies() {}

    /** One attempt after the other. gRPC makes each wait up to 20 % shorter or longer, as the other doors do. */
    static Map<String, ?> retry(AttemptsConfig config) {
        RetryConfig retry = config.retry();
        return forAllMethods(
                "retryPolicy",
                Map.of(
                        "maxAttempts",
                        (double) retry.attempts(),
                        "initialBackoff",
                        textOf(retry.backoff()),
                        "maxBackoff",
                        textOf(retry.maxBackoff()),
                        "backoffMultiplier",
                        DOUBLED,
                        "retryableStatusCodes",
                        BROKEN));
    }

    /**
     * Another attempt each time that so long has passed without an answer. gRPC counts those that get no leave as well, and repeats no failure once it has
     * counted to the end: so it counts as far as it can, and how many may be made is held against the settings by {@link AttemptLeave}.
     */
    static Map<String, ?> hedging(Duration delay) {
        return forAllMethods(
                "hedgingPolicy",
                Map.of("maxAttempts", MOST_HEDGES, "hedgingDelay", textOf(delay), "nonFatalStatusCodes", BROKEN));
    }

    private static Map<String, ?> forAllMethods(String kind, Map<String, ?> policy) {
        return Map.of("name", List.of(Map.of()), kind, policy);
    }

    /** Protobuf's JSON for durations. */
    private static String textOf(Duration duration) {
        Duration written = duration.isZero() ? SHORTEST : duration;
        return String.format(Locale.ROOT, "%d.%09ds", written.toSeconds(), written.toNanosPart());
    }
}
