package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.Pulse;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of one service, by one watch after the other. A watch that takes over may be behind the one before it: its list was
 * made while the other still told of changes. What it knows is kept back then until it has come as far, so that no change is shown,
 * taken back and shown again; it cannot come as far without telling of every change that the other has not shown.
 *
 * <p>Threads: the lane.
 */
final class Shown<V> {
    private final Feed<V> feed;
    private @Nullable String version; // How far the watch had come that showed the latest; null if nobody knows.

    Shown(Feed<V> feed) {
        this.feed = feed;
    }

    boolean isOf(Feed<?> asked) {
        return feed == asked;
    }

    /** Something was shown already. */
    boolean isKnown() {
        return feed.finding().value() != null;
    }

    /** The watch that shows it has listed again: whatever it says counts, also after a cluster was set back (rule W-6). */
    void listed(@Nullable String at, V value) {
        version = at;
        feed.found(value);
    }

    /** Something may have changed. */
    void changed(@Nullable String at, V value) {
        if (version == null || at == null || ResourceVersions.compare(at, version) >= 0) {
            listed(at, value);
        }
    }

    /** How far the watch had come that showed the latest; null if nothing was shown, or nobody knows. */
    @Nullable
    String version() {
        return version;
    }

    /**
     * Another watch takes over with a list. One that is older than what was shown when it was asked for tells of a cluster that was set back,
     * since lists are as new as the moment they are asked for: it counts whatever its version (rule W-6).
     *
     * @param asked what {@link #version} was then
     */
    void tookOver(@Nullable String at, V value, @Nullable String asked) {
        if (asked != null && at != null && ResourceVersions.compare(at, asked) < 0) {
            listed(at, value);
        } else {
            changed(at, value);
        }
    }

    void troubled(@Nullable Trouble trouble) {
        feed.troubled(trouble);
    }

    void standsOn(String what, Pulse pulse) {
        feed.standsOn(what, pulse);
    }
}
