package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far a watch has come: the last version seen, whether all that exists has to be asked for, and whether the server has to prove first
 * that it has come as far. One that was set back to a backup accepts a watch from a version that it has not reached, and
 * keeps silent until it has, whatever changes meanwhile; only when it is asked for a list does it say so (rule W-6).
 *
 * <p>Threads: the lane.
 */
final class Position {
    private static final Duration PROVEN = Duration.ofMinutes(1); // Bookmarks usually come as often (rule W-3).

    private @Nullable String version; // Null before the first list, and when the last one seen was refused.
    private boolean listDue = true;
    private long provenNanos; // When the server last showed that it has come as far.
    private boolean silent; // No watch has told of anything since it was asked for.

    @Nullable
    String version() {
        return version;
    }

    boolean isListDue() {
        return listDue;
    }

    /** All that exists is known at that version. */
    void listed(String at, long nowNanos) {
        version = at;
        listDue = false;
        silent = false;
        provenNanos = nowNanos;
    }

    /** A watch from there is asked for. */
    void watchAsked() {
        silent = true;
    }

    /** A watch told of something. */
    void heard(long nowNanos) {
        silent = false;
        provenNanos = nowNanos;
    }

    /** The server has to show that it has come as far before anything is watched from there. */
    boolean isProofDue(long nowNanos) {
        return !listDue && silent && nowNanos - provenNanos >= PROVEN.toNanos();
    }

    /** What it shows is at that version. */
    void shown(String at, long nowNanos) {
        if (version != null && ResourceVersions.compare(at, version) < 0) {
            listAnew();
        } else {
            provenNanos = nowNanos;
        }
    }

    /** It may not be asked to; not again before the next silence. */
    void unprovable(long nowNanos) {
        provenNanos = nowNanos;
    }

    /**
     * W-2: a change or a bookmark came; never back to before what was seen (W-6).
     *
     * @return true if it was new
     */
    boolean saw(String at) {
        boolean known =
                at.isEmpty() || at.equals(version) || (version != null && ResourceVersions.compare(at, version) < 0);
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
