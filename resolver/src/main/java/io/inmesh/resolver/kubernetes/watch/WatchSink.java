package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hears what a {@link ListWatch} finds. All calls come on its lane. */
public interface WatchSink<T> {

    /**
     * These and no others exist.
     *
     * @param unreadable some that exist as well but cannot be read: of those not among the objects, what was known before stays
     */
    void onListOnLane(List<T> objects, Set<ObjectName> unreadable);

    /** Puts and removals in order, at least one. */
    void onEventsOnLane(List<Event<T>> events);

    /** The API cannot be asked, or (null) can be asked again. */
    void onTroubleOnLane(@Nullable Trouble trouble);
}
