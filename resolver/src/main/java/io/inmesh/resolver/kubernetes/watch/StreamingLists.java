package io.inmesh.resolver.kubernetes.watch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one API server streams lists (rule W-9). Believed until it shows otherwise; then no watch of the same transport tries again,
 * so that only the first one pays for finding out.
 *
 * <p>Threads: any.
 */
public final class StreamingLists {
    private static final Logger log = LoggerFactory.getLogger(StreamingLists.class);

    /** Written once, by whichever lane finds out first; read by every lane that begins a list. */
    private volatile boolean missing;

    boolean areExpected() {
        return !missing;
    }

    void areMissing(String evidence) {
        if (!missing) {
            missing = true;
            log.debug("the API server does not stream lists ({}), listing as before it could", evidence);
        }
    }
}
