package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import org.jspecify.annotations.Nullable;

/**
 * How far a watch has come: the last version seen, and whether all that exists has to be asked for.
 *
 * <p>Threads: the lane.
 */
final class Position {
    private @Nullable String version; // Null before the first list, and when the last one seen was refused.
    private boolean listDue = true;

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
    }

    /**
     * W-2: a change or a bookmark came; never back to before what was seen (W-6).
     *
     * @return true if it was new
     */
    boolean saw(String at) {
        boolean known = at.isEmpty()
                || at.equals(version)
                || (version != null && ResourceVersions.compare(at, version) < 0);
        if (!known) {
            version = at;
        }
        return !known;
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
