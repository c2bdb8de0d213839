package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one watch that exist but cannot be read. Of each it is said once, and once more when something else is wrong with it or
 * when it was readable in between.
 *
 * <p>Threads: the lane.
 */
final class UnreadableObjects {
    private final String plural;
    private final Consumer<String> warn;
    private final Map<ObjectName, String> reasons = new HashMap<>();

    /**
     * None yet.
     *
     * @param plural what objects of that kind are called
     * @param warn says it
     */
    UnreadableObjects(String plural, Consumer<String> warn) {
        this.plural = plural;
        this.warn = warn;
    }

    /** These and no others cannot be read. */
    <T> void listedOnLane(List<Unread<T>> list) {
        Map<ObjectName, String> before = Map.copyOf(reasons);
        reasons.clear();
        for (Unread<T> each : list) {
            reasons.put(each.id(), each.why());
            say(each, before.get(each.id()));
        }
    }

    /** It cannot be read, can be read again, or is gone. */
    void heardOnLane(Event<?> event) {
        if (event instanceof Unread<?> object) {
            say(object, reasons.put(object.id(), object.why()));
        } else if (event instanceof WatchEvents.Put<?> put) {
            reasons.remove(put.id());
        } else if (event instanceof WatchEvents.Removed<?> removed) {
            reasons.remove(removed.id());
        }
    }

    private void say(Unread<?> object, @Nullable String before) {
        if (!object.why().equals(before)) {
            String name = object.id().name().isEmpty()
                    ? "an object without a readable name"
                    : object.id().toString();
            warn.accept(plural + ": " + name + " cannot be read, so it is left out: " + object.why()
                    + "; its last state that could be read stays in use, if there was one. Look for who wrote it, or for a"
                    + " proxy that changes answers of the API server");
        }
    }
}
