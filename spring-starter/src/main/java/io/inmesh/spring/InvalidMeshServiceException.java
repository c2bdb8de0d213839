package io.inmesh.spring;

import org.jspecify.annotations.Nullable;

/** A {@link MeshService} that cannot be meant. Ends start-up with a text; see {@link InvalidMeshServiceFailureAnalyzer}. */
final class InvalidMeshServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String target;
    private final String where;
    private final String reason;

    InvalidMeshServiceException(String target, String where, String reason, @Nullable Throwable cause) {
        super("@MeshService(\"" + target + "\") at " + where + ": " + reason, cause);
        this.target = target;
        this.where = where;
        this.reason = reason;
    }

    String target() {
        return target;
    }

    String where() {
        return where;
    }

    String reason() {
        return reason;
    }
}
