package io.inmesh.balancer.resilience4j;

import io.inmesh.api.Outcome;

/**
 * How a circuit breaker hears of an attempt that failed or timed out: the client library's own exception does not get here. Configurations that record
 * by type name this one. Without a stack trace, since it says nothing of where.
 */
public final class FailedAttemptException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Outcome outcome;

    FailedAttemptException(Outcome outcome) {
        super(outcome.toString(), null, false, false);
        this.outcome = outcome;
    }

    /** What came of it: a {@link Outcome.Failure} or a {@link Outcome.Timeout}. */
    public Outcome outcome() {
        return outcome;
    }
}
