package io.inmesh.balancer.micrometer;

import io.inmesh.api.Outcome;
import java.util.Locale;

/** Values of tag {@code outcome}: a bounded set, whatever an outcome carries. */
enum OutcomeTag {
    SUCCESS,
    CLIENT_ERROR,
    /** The endpoint answered with a failure of its own. */
    EXTERNAL_FAILURE,
    /** The endpoint, or something before it, cannot serve now. */
    GATEWAY_FAILURE,
    /** No answer at all: connect, TLS, reset. */
    LOCAL_FAILURE,
    TIMEOUT,
    OVERLOADED,
    CANCELLED;

    static OutcomeTag of(Outcome outcome) {
        if (outcome instanceof Outcome.Success) {
            return SUCCESS;
        }
        if (outcome instanceof Outcome.ClientError) {
            return CLIENT_ERROR;
        }
        if (outcome instanceof Outcome.Failure failure) {
            return of(failure.origin());
        }
        if (outcome instanceof Outcome.Timeout) {
            return TIMEOUT;
        }
        return outcome instanceof Outcome.Overloaded ? OVERLOADED : CANCELLED;
    }

    private static OutcomeTag of(Outcome.Origin origin) {
        return switch (origin) {
            case EXTERNAL -> EXTERNAL_FAILURE;
            case GATEWAY -> GATEWAY_FAILURE;
            case LOCAL -> LOCAL_FAILURE;
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
