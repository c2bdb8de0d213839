package io.inmesh.api;

import java.util.Objects;

/**
 * What a resolver says instead of a set of endpoints.
 *
 * @param reason which situation it is
 * @param text what was found, what was expected and what to do, with service, namespace and port
 */
public record Unresolved(Reason reason, String text) {

    /** Both are required. */
    public Unresolved {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(text, "text");
    }

    @Override
    public String toString() {
        return reason + ": " + text;
    }
}
