package io.inmesh.api;

import org.jspecify.annotations.Nullable;

/**
 * Turns what a protocol reports into an {@link Outcome}. Replaceable: give {@code Mesh.builder().classifier(...)} another one, for
 * example to count 404 of a certain backend as failure.
 *
 * <pre>{@code
 * OutcomeClassifier strict = (protocol, code, error, delivery) -> code == 404
 *         ? Outcome.failure(Outcome.Origin.EXTERNAL, delivery)
 *         : OutcomeClassifier.standard().classify(protocol, code, error, delivery);
 * }</pre>
 *
 * <p>Threads: any; keep no state.
 */
@FunctionalInterface
public interface OutcomeClassifier {

    /** {@link #classify} code when there was no answer. */
    int NO_CODE = -1;

    /** Whose codes are classified. */
    enum Wire {
        /** HTTP status codes. */
        HTTP,
        /** gRPC status codes, 0..16. */
        GRPC
    }

    /**
     * Classifies.
     *
     * @param wire whose code it is
     * @param code status code, or {@link #NO_CODE} if the peer gave none
     * @param error what was thrown, or null
     * @param delivery what the endpoint may have seen
     */
    Outcome classify(Wire wire, int code, @Nullable Throwable error, Outcome.Delivery delivery);

    /** The one used unless another is given. */
    static OutcomeClassifier standard() {
        return StandardOutcomeClassifier.INSTANCE;
    }
}
