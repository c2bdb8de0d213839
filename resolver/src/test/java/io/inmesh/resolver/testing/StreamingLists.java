package io.inmesh.resolver.testing;

/** What the server makes of {@code sendInitialEvents=true} (rule W-9). */
public enum StreamingLists {
    /** It streams the list and marks its end. */
    SUPPORTED,
    /** It answers 422. */
    REFUSED,
    /** It takes the request for an ordinary watch: no end mark comes. */
    IGNORED
}
