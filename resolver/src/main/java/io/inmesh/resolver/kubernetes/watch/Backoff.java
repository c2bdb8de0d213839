package io.inmesh.resolver.kubernetes.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after the n-th failure in a row. Go clients wait 0.8 s, doubling to 30 s, each up to twice as long by chance (rule
 * W-11). Here three quick tries come before, since most broken connections are back at once, and the 0.8 s are kept for ten tries, about
 * 12 s, before doubling: a rolling API server is noticed as back within two seconds, an API that stays away is asked every 30 to 60 s.
 *
 * <p>Threads: one at a time.
 */
final class Backoff {
    private static final long QUICK_MILLIS = 100;
    private static final int QUICK_TRIES = 3;
    private static final long FIRST_MILLIS = 800;
    private static final int STEADY_TRIES = 10;
    private static final long LONGEST_MILLIS = 30_000;

    private static final Duration HEALTHY = Duration.ofMinutes(2);
    private static final int BRIEF_TRIES = 6; // About 3 s.
    private static final long SLOW_MILLIS = 15_000; // W-10: what a Role or an upgrade must change first.
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(1);

    private final RandomGenerator random;
    private int failures;
    private int forbidden; // Refusals of what was served, in a row.

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** Counts a failure and says how long to wait. */
    Duration next() {
        forbidden = 0;
        return jittered(baseMillis(failures++));
    }

    /** The same after so long of health, which may end what failed before it (rule W-11). */
    Duration next(Duration health) {
        if (health.compareTo(HEALTHY) >= 0) {
            reset();
        }
        return next();
    }

    /**
     * The same for a stream that broke but had worked. The API answers, so what broke it is not mended by sparing it, and each wait makes
     * data older: the wait stays at {@value #FIRST_MILLIS} ms and its jitter, however often it breaks.
     */
    Duration afterBreak(Duration health) {
        if (health.compareTo(HEALTHY) >= 0) {
            reset();
        }
        forbidden = 0;
        long millis = Math.min(FIRST_MILLIS, baseMillis(failures));
        failures = Math.max(failures, Math.min(failures + 1, QUICK_TRIES));
        return jittered(millis);
    }

    /** Counts a refusal and says how long to wait: slowly for what people must mend, else as the server asks (rule W-10). */
    Duration after(Refusal refusal, Duration health) {
        int status = refusal.status();
        if (status == 403 || status == 404) {
            return jittered(SLOW_MILLIS);
        }
        return afterOther(refusal, health);
    }

    /**
     * The same for what was served before, or could not be reached before: a server that has just started may forbid everything until it
     * knows its Roles, so the first refusals of that kind in a row are counted by themselves and wait no longer than other failures.
     */
    Duration afterServed(Refusal refusal, Duration health) {
        if (refusal.status() == 403 && forbidden < BRIEF_TRIES) {
            return jittered(baseMillis(forbidden++));
        }
        return after(refusal, health);
    }

    /** True if something has failed since it was last healthy, so that a server which forbids may have just started. */
    boolean isAfterFailures() {
        return failures > 0;
    }

    private Duration afterOther(Refusal refusal, Duration health) {
        int status = refusal.status();
        Duration own = next(health);
        Duration asked = refusal.retryAfter();
        if ((status == 429 || status >= 500) && asked != null && asked.compareTo(own) > 0) {
            return spread(asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked);
        }
        return own;
    }

    /** A tenth to a fifth longer: whoever was refused together must not come back together. */
    private Duration spread(Duration asked) {
        long millis = asked.toMillis();
        return Duration.ofMillis(millis + millis / 10 + (long) (random.nextDouble() * (millis / 10.0)));
    }

    private Duration jittered(long millis) {
        return Duration.ofMillis(millis + (long) (random.nextDouble() * millis));
    }

    /** Forgets all failures, after a time of health. */
    void reset() {
        failures = 0;
        forbidden = 0;
    }

    private static long baseMillis(int failures) {
        if (failures < QUICK_TRIES) {
            return QUICK_MILLIS << failures;
        }
        int doublings = Math.max(0, failures - QUICK_TRIES - STEADY_TRIES + 1);
        return doublings > 5 ? LONGEST_MILLIS : Math.min(LONGEST_MILLIS, FIRST_MILLIS << doublings);
    }
}
