package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.WatchAge;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.Pulse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest finding of one source, and who wants to hear that it changed.
 *
 * <p>Threads: written by whatever keeps the source known, one call at a time; read from anywhere. A change is visible before its
 * listeners hear of it; listeners are called without a lock, and one that fails hinders no other.
 */
final class Feed<T> {
    private static final Logger log = LoggerFactory.getLogger(Feed.class);

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>(); // Once for each hold on it.

    private volatile Finding<T> finding = Finding.pending(); // Written one at a time, read from anywhere.

    /** The watch it stands on, or null where nothing is watched. Written like the finding. */
    private volatile @Nullable Supplier<WatchAge> age;

    Finding<T> finding() {
        return finding;
    }

    /** How fresh the finding is; empty for what is not watched. */
    Optional<WatchAge> age() {
        Supplier<WatchAge> asked = age;
        return asked == null ? Optional.empty() : Optional.of(asked.get());
    }

    /** From now on that watch keeps it. */
    void standsOn(String what, Pulse pulse) {
        age = () -> new WatchAge(what, pulse.age(), pulse.isConnected(), pulse.reconnects());
    }

    /** From now on that one is called after each change; it must only take note. */
    void listen(Runnable listener) {
        listeners.add(listener);
    }

    /** It is not called for any change that begins after this; a call under way may still end. */
    void forget(Runnable listener) {
        listeners.remove(listener);
    }

    void found(T value) {
        tell(finding.withValue(value));
    }

    /** The source cannot be asked, or (null) can be asked again. The same situation in other words is no change. */
    void troubled(@Nullable Trouble trouble) {
        Trouble before = finding.trouble();
        boolean same = trouble == null
                ? before == null
                : before != null && before.situation().equals(trouble.situation());
        if (!same) {
            tell(finding.withTrouble(trouble));
        }
    }

    private void tell(Finding<T> next) {
        finding = next;
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) { // The others must hear of it, and whoever tells must go on.
                log.error("someone who uses a source failed to take note of a change", e);
            }
        }
    }
}
