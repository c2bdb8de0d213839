package io.inmesh.resolver.kubernetes.object;

/**
 * A field that is needed holds what its API does not allow there. Null is never that: it counts as absent (rules A-9, P-8), as do
 * fields and enum words that are not known here where a rule says what they mean then. The message names field, value and expectation.
 */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
        super(message);
    }

    /** In words for people. */
    static String why(RuntimeException error) {
        return error instanceof UnreadableException ? String.valueOf(error.getMessage()) : error.toString();
    }
}
