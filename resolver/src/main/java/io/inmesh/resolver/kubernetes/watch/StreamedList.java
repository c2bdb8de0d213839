package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Bookmark;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Listed;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Put;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Removed;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A list that comes as events, in no order, up to a marked bookmark (rule W-9). What changes meanwhile may come before the mark, too.
 *
 * <p>Threads: one at a time.
 */
final class StreamedList<T> {
    private final Map<ObjectName, T> objects = new LinkedHashMap<>();
    private final Map<ObjectName, Unread<T>> unread =
            new LinkedHashMap<>(); // What came last of it, if that cannot be read.
    private String version = "";

    /** True if that was the end. */
    boolean add(Event<T> event) {
        if (event instanceof Put<T> put) {
            objects.put(put.id(), put.object());
            unread.remove(put.id());
        } else if (event instanceof Unread<T> met) {
            unread.put(met.id(), met);
        } else if (event instanceof Removed<T> removed) {
            objects.remove(removed.id());
            unread.remove(removed.id());
        } else if (event instanceof Bookmark<T> bookmark
                && bookmark.endsList()
                && !bookmark.version().isEmpty()) {
            version = bookmark.version();
            return true;
        }
        return false;
    }

    Listed<T> whole() {
        return new Listed<>(new ArrayList<>(objects.values()), new ArrayList<>(unread.values()), version);
    }
}
