package io.inmesh.balancer.attempt;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;

/**
 * Which failed requests are sent again. Safe is what was never sent, what the peer proved not to have processed, and what is idempotent; a
 * status code alone makes nothing safe. And worth it is only what another endpoint may do better: an answer of 500 is an answer, a
 * deadline that passed is over, an overloaded service needs less, not more.
 */
public final class RepeatRule {
    /** The first attempt and one repeat. */
    public static final int MAX_ATTEMPTS = 2;

    private RepeatRule() {}

    /**
     * Whether a request is sent again after an attempt that ended so.
     *
     * @param attempts how many attempts were made, the failed one included
     */
    public static boolean allows(Outcome outcome, Safety safety, int attempts) {
        if (attempts >= MAX_ATTEMPTS || !(outcome instanceof Outcome.Failure failure)) {
            return false;
        }
        return failure.delivery() != Delivery.SENT
                || (safety == Safety.IDEMPOTENT && failure.origin() != Origin.EXTERNAL);
    }
}
