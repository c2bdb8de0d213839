package io.inmesh.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/** A property under {@code inmesh.} that cannot be meant. Ends start-up with a text; see {@link InvalidPropertyFailureAnalyzer}. */
final class InvalidPropertyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String property;
    private final transient @Nullable Object value;
    private final transient @Nullable Origin origin;
    private final String reason;

    /**
     * Creates it.
     *
     * @param property the property's name as written
     * @param value what it says
     * @param origin where it stands, or null if that is unknown
     * @param reason what is wrong with it and what would be right
     */
    InvalidPropertyException(String property, @Nullable Object value, @Nullable Origin origin, String reason) {
        super(property + ": " + reason + (origin == null ? "" : " (from " + origin + ")"));
        this.property = property;
        this.value = value;
        this.origin = origin;
        this.reason = reason;
    }

    String property() {
        return property;
    }

    @Nullable
    Object value() {
        return value;
    }

    @Nullable
    Origin origin() {
        return origin;
    }

    String reason() {
        return reason;
    }
}
