package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.api.Outcome;
import java.util.concurrent.TimeUnit;

/** How outcomes are told to a circuit breaker. */
final class Recording {
    private Recording() {}

    /** True if the outcome says something of whoever was asked; what does not is not recorded. */
    static boolean isTold(Outcome outcome) {
        return Outcome.isAnswer(outcome) || outcome instanceof Outcome.Failure || outcome instanceof Outcome.Timeout;
    }

    /** Tells one that {@link #isTold}. */
    static void tell(CircuitBreaker breaker, Outcome outcome, long elapsedNanos) {
        if (Outcome.isAnswer(outcome)) {
            breaker.onResult(elapsedNanos, TimeUnit.NANOSECONDS, outcome);
        } else {
            breaker.onError(elapsedNanos, TimeUnit.NANOSECONDS, new FailedAttemptException(outcome));
        }
    }

    /** True if the breaker's own configuration ignores one that {@link #isTold}: then it decides nothing there, and its permission is free again. */
    static boolean isIgnored(CircuitBreaker breaker, Outcome outcome) {
        return !Outcome.isAnswer(outcome)
                && breaker.getCircuitBreakerConfig()
                        .getIgnoreExceptionPredicate()
                        .test(new FailedAttemptException(outcome));
    }
}
