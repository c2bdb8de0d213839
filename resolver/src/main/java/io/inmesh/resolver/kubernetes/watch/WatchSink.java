package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears what a {@link ListWatch} finds. All calls come on its lane. */
public interface WatchSink<T> {

    /** These and no others exist. */
    void onListOnLane(List<T> objects);

    /** Puts and removals in order, at least one. */
    void onEventsOnLane(List<Event<T>> events);

    /** The API cannot be asked, or (null) can be asked again. */
    void onTroubleOnLane(@Nullable Trouble trouble);
}
