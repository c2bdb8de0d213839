package io.inmesh.api;

/** A text that names nothing inmesh can reach. The message says what was found and which forms are accepted. */
public final class InvalidTargetException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates it with the whole message. */
    public InvalidTargetException(String message) {
        super(message);
    }
}
