package io.inmesh.samples.quickstart;

/** Ends the program with one text for the user: what was found, what was expected, what to do. Never with a stack trace. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String text) {
        super(text);
    }

    Refusal(String text, Throwable cause) {
        super(text, cause);
    }
}
