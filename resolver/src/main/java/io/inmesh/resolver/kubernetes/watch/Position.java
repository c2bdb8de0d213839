package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import org.jspecify.annotations.Nullable;

/**
 * How far a watch has come: the last version seen, and whether all that exists has to be asked for.
 *
 * <p>Threads: the lane.
 */
final class Position {
    private static final int EMPTY_WATCHES = 5;

    private @Nullable String version; // Null before the first list, and when the last one seen was refused.
    private boolean listDue = true;
    private int emptyWatches; // In a row, that ended in the orderly way, at once, and brought nothing.

    @Nullable
    String version() {
        return version;
    }

    boolean isListDue() {
        return listDue;
    }

    /** All that exists is known at that version. */
    void listed(String at) {
        version = at;
        listDue = false;
        emptyWatches = 0;
    }

    /**
     * A watch ended in the orderly way. Where each of them ends at once and brings nothing, as through proxies that do not know of watches,
     * only a list tells what has changed.
     */
    void watched(boolean worked) {
        emptyWatches = worked ? 0 : emptyWatches + 1;
        listDue |= emptyWatches >= EMPTY_WATCHES;
    }

    /** W-2: a change or a bookmark came; never back to before what was seen (W-6). */
    void saw(String at) {
        if (!at.isEmpty() && (version == null || ResourceVersions.compare(at, version) >= 0)) {
            version = at;
        }
    }

    /** All that exists has to be asked for, not older than what was seen (W-5, W-6). */
    void listAgain() {
        listDue = true;
    }

    /** The same, whatever the most recent state is: the last version seen was refused (W-6). */
    void listAnew() {
        listDue = true;
        version = null;
    }
}
