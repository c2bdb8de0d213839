package io.inmesh.api;

/** A {@link Rejection} where the language wants an exception: waiting for readiness, HTTP doors. Its message is the rejection's text. */
public final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Rejection rejection;

    /** Wraps a rejection. */
    public RejectedException(Rejection rejection) {
        super(rejection.toString());
        this.rejection = rejection;
    }

    /** Why there was no endpoint. */
    public Rejection rejection() {
        return rejection;
    }
}
