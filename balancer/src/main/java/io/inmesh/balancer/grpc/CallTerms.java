package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.attempt.AnswerTimes;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.budget.RetryBudget;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.RetryConfig;
import io.inmesh.balancer.guard.GuardedPicks;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a channel go by from now on; each keeps those that it began with.
 *
 * @param target what they reach
 * @param terms how often they may be sent, and from which budget
 * @param clock source of time
 * @param observer hears how they went; cannot fail
 * @param classifier tells what a status means
 * @param guard what stands before each of their attempts, or null
 * @param harmed whether faults may be injected into their attempts
 */
record CallTerms(
        Target target,
        Terms terms,
        NanoClock clock,
        BalancerObserver observer,
        OutcomeClassifier classifier,
        @Nullable GuardedPicks guard,
        boolean harmed) {
    private static final Outcome NO_ENDPOINT = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);

    AttemptsConfig config() {
        return terms.config();
    }

    RetryBudget retries() {
        return terms.budget().retries();
    }

    /** True if something is to be done for a call as a whole: it may be sent again, has its end set here, passes a guard, meets faults, or is counted. */
    boolean seeCalls() {
        RetryConfig retry = config().retry();
        return retry.attempts() > 1 || !retry.deadline().isZero() || guard != null || harmed || observer.readsCalls();
    }

    /** What it means that a call ended with that status, which is none of its attempts' own. */
    Outcome outcomeOf(Status status, boolean sent) {
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> Outcome.TIMEOUT;
            case CANCELLED -> Outcome.CANCELLED;
            default ->
                sent
                        ? classifier.classify(Wire.GRPC, status.getCode().value(), status.getCause(), Delivery.SENT)
                        : NO_ENDPOINT;
        };
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /** An answer took so long, or an attempt waited so long in vain; a time below 0 is not known. */
    void count(long nanos) {
        AnswerTimes times = terms.times();
        if (times != null && nanos >= 0) {
            times.record(nanos);
        }
    }

    /**
     * By when a call must have ended: as its options or its caller's context say, or, for a unary call of which they say nothing, the settings. How long
     * a stream lasts is no matter of its attempts.
     *
     * @return null if nobody says
     */
    @Nullable
    Deadline deadlineOf(CallOptions options, MethodType type) {
        Deadline own = options.getDeadline();
        Deadline callers = Context.current().getDeadline();
        if (own != null || callers != null) {
            return own == null || callers == null ? (own == null ? callers : own) : own.minimum(callers);
        }
        Duration limit = config().retry().deadline();
        return limit.isZero() || type != MethodType.UNARY
                ? null
                : Deadline.after(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
    }
}
