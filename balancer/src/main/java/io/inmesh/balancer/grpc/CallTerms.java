package io.inmesh.balancer.grpc;

import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.budget.RetryBudget;
import io.inmesh.balancer.config.AttemptsConfig;

/**
 * What the calls of a channel go by from now on; each keeps those that it began with.
 *
 * @param target what they reach
 * @param terms how often they may be sent, and from which budget
 * @param clock source of time
 * @param observer hears how they went; cannot fail
 * @param classifier tells what a status means
 */
record CallTerms(Target target, Terms terms, NanoClock clock, BalancerObserver observer, OutcomeClassifier classifier) {

    AttemptsConfig config() {
        return terms.config();
    }

    RetryBudget retries() {
        return terms.budget().retries();
    }

    /** What the status of a call means that was sent. */
    Outcome outcomeOf(Status status) {
        return classifier.classify(Wire.GRPC, status.getCode().value(), status.getCause(), Delivery.SENT);
    }
}
