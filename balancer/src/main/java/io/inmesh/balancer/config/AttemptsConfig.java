package io.inmesh.balancer.config;

import java.time.Duration;

/**
 * What is done for a request besides sending it once: the three rooms that have to agree.
 *
 * @param retry how often and how fast it is repeated
 * @param hedge whether it is sent to a second endpoint before it has failed
 * @param budget how many requests of the service may be
 */
public record AttemptsConfig(RetryConfig retry, HedgeConfig hedge, BudgetConfig budget) {

    /** All three at their defaults. */
    public static final AttemptsConfig DEFAULT =
            new AttemptsConfig(RetryConfig.DEFAULT, HedgeConfig.OFF, BudgetConfig.DEFAULT);

    /** Refuses hedges that could never be sent. */
    public AttemptsConfig {
        if (hedge.isOn() && hedge.attempts() > retry.attempts()) {
            throw new IllegalArgumentException(key(HedgeConfig.ATTEMPTS) + ": " + hedge.attempts()
                    + " (expected: at most " + RetryConfig.ROOM + "." + RetryConfig.ATTEMPTS + ", which is "
                    + retry.attempts() + ", since hedges are among those; or " + key(HedgeConfig.DELAY) + " off)");
        }
        checkBefore(hedge.delay(), RetryConfig.TIMEOUT, retry.timeout());
        checkBefore(hedge.delay(), RetryConfig.DEADLINE, retry.deadline());
    }

    private static void checkBefore(Duration delay, String limitKey, Duration limit) {
        if (!limit.isZero() && delay.compareTo(limit) >= 0) {
            throw new IllegalArgumentException(key(HedgeConfig.DELAY) + ": " + delay + " (expected: less than "
                    + RetryConfig.ROOM + "." + limitKey + ", which is " + limit
                    + ", or the attempt to be hedged has ended by then)");
        }
    }

    private static String key(String name) {
        return HedgeConfig.ROOM + "." + name;
    }
}
