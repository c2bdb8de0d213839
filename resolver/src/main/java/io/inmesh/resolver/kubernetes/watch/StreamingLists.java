package io.inmesh.resolver.kubernetes.watch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one API server streams lists (rule W-9). Believed until it shows otherwise; then no watch of the same transport tries again
 * for {@link #AGAIN}, so that only the first one pays for finding out, and a server that was upgraded meanwhile is found to be one that
 * can.
 *
 * <p>Threads: any.
 */
public final class StreamingLists {
    /** After how long a server that could not is asked again. */
    static final Duration AGAIN = Duration.ofMinutes(45);

    private static final Logger log = LoggerFactory.getLogger(StreamingLists.class);

    /** Null while none are missed. Written by whichever lane finds out; read by every lane that begins a list. */
    private volatile @Nullable Long missedNanos;

    boolean areExpected(long nowNanos) {
        Long missed = missedNanos;
        return missed == null || nowNanos - missed >= AGAIN.toNanos();
    }

    void areMissing(long nowNanos, String evidence) {
        if (areExpected(nowNanos)) {
            log.debug("the API server does not stream lists ({}), listing as before it could", evidence);
        }
        missedNanos = nowNanos;
    }
}
