package io.inmesh.spring.http.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a request may wait. For writing there is no limit: a peer that neither reads nor answers is left by who takes the request back.
 *
 * @param connect for a connection, and for each answer of the peer while TLS begins on it; 0 for without end, as sockets have it
 * @param read for each part of the answer; null or 0 for without end
 */
public record Limits(Duration connect, @Nullable Duration read) {
    int connectMillis() {
        return millis(connect);
    }

    /** 0 for without end, as sockets have it. */
    int readMillis() {
        return read == null ? 0 : millis(read);
    }

    private static int millis(Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            return 0;
        }
        return (int) Math.max(1, Math.min(limit.toMillis(), Integer.MAX_VALUE));
    }
}
