package io.inmesh.resolver.kubernetes.snapshot;

import java.io.IOException;

/** A file that is there and is no snapshot of the target; the text says what was found and what was expected. */
final class DamagedSnapshotException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedSnapshotException(String text) {
        super(text);
    }

    DamagedSnapshotException(String text, Throwable cause) {
        super(text, cause);
    }
}
