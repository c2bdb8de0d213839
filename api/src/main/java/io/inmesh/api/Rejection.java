package io.inmesh.api;

import java.io.Serializable;
import java.util.Objects;

/**
 * The answer of a picker that has no endpoint to give. One instance serves every request that meets the same situation; making
 * none costs nothing.
 *
 * @param reason which situation it is
 * @param text what was found and what to do, with service, namespace and port
 */
public record Rejection(Reason reason, String text) implements Choice, Pick, Serializable {

    /** Both are required. */
    public Rejection {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(text, "text");
    }

    /** The same words, said to a request. */
    public static Rejection of(Unresolved unresolved) {
        return new Rejection(unresolved.reason(), unresolved.text());
    }

    @Override
    public String toString() {
        return reason + ": " + text;
    }
}
