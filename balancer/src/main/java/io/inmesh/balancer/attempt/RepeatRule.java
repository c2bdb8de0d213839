package io.inmesh.balancer.attempt;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;

/**
 * Which failed requests may be sent again. Safe is what was never sent, what the peer proved not to have processed, and what is idempotent; a
 * status code alone makes nothing safe. And worth it is only what another endpoint may do better: an answer of 500 is an answer, an overloaded
 * service needs less, not more, unless it says when. An attempt that timed out, by {@code retry.timeout} or by a limit of the client library's own, is
 * given up for another one; the deadline of all attempts together ends the call, and nobody asks this rule then.
 */
public final class RepeatRule {
    private RepeatRule() {}

    /** Whether a request may be sent again after an attempt that ended so; how often and when is another matter. */
    public static boolean allows(Outcome outcome, Safety safety) {
        if (outcome instanceof Outcome.Failure failure) {
            return failure.delivery() != Delivery.SENT
                    || (safety == Safety.IDEMPOTENT && failure.origin() != Origin.EXTERNAL);
        }
        boolean mayGoBetter = outcome instanceof Outcome.Timeout
                || (outcome instanceof Outcome.Overloaded overloaded && overloaded.retryAfter() != null);
        return mayGoBetter && safety == Safety.IDEMPOTENT;
    }
}
