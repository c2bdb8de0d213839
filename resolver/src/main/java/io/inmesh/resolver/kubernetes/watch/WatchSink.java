package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears what a {@link ListWatch} finds. All calls come on its lane. */
public interface WatchSink<T> {

    /** A list is about to be asked for; what it will tell is not older than this moment, unless the cluster is set back (rule W-6). */
    default void onListAskedOnLane() {}

    /**
     * These and no others exist.
     *
     * @param unread some that exist as well but cannot be read: of those not among the objects, what was known before stays. One
     *     without a name may be any
     */
    void onListOnLane(List<T> objects, List<Unread<T>> unread);

    /** Puts, removals, and puts of what cannot be read, in order, at least one. */
    void onEventsOnLane(List<Event<T>> events);

    /** The API cannot be asked, or (null) can be asked again. */
    void onTroubleOnLane(@Nullable Trouble trouble);
}
