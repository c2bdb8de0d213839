package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears and forgets. */
final class SilentSink<T> implements WatchSink<T> {
    @Override
    public void onListOnLane(List<T> objects, List<WatchEvents.Unread<T>> unread) {
        // Forgotten.
    }

    @Override
    public void onEventsOnLane(List<Event<T>> events) {
        // Forgotten.
    }

    @Override
    public void onTroubleOnLane(@Nullable Trouble trouble) {
        // Forgotten.
    }
}
