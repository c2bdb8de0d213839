package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ApiTroubles;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.WatchEvents;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import io.inmesh.resolver.kubernetes.watch.WatchSink;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all objects that one watch shows known, sorted by name.
 *
 * <p>Threads: the lane, but for {@link #close()}.
 */
final class CollectionWatch<T> implements WatchSink<T> {
    private final Function<T, String> name;
    private final Function<T, String> version;
    private final UnaryOperator<T> content;
    private final Feed<List<T>> feed;
    private final String plural;
    private final ListWatch<T> watch;

    private final TreeMap<String, T> objects = new TreeMap<>(); // Touched on the lane only.

    CollectionWatch(
            WatchedResource<T> resource,
            ListWatch.Place place,
            Function<T, String> name,
            Function<T, String> version,
            UnaryOperator<T> content,
            Feed<List<T>> feed) {
        this.name = name;
        this.version = version;
        this.content = content;
        this.feed = feed;
        this.plural = resource.plural();
        this.watch = new ListWatch<>(resource, place, this);
        feed.standsOn(resource.describe(), watch.pulse());
    }

    void start() {
        watch.start();
    }

    void close() {
        watch.close();
    }

    @Override
    public void onListOnLane(List<T> list, List<Unread<T>> unread) {
        Set<String> kept = unread.stream().map(each -> each.id().name()).collect(Collectors.toSet());
        if (!kept.contains("")) { // Else that one may be any, and none of those known before is gone for certain.
            objects.keySet().retainAll(kept);
        }
        list.forEach(object -> objects.put(name.apply(object), object));
        if (objects.isEmpty() && !unread.isEmpty()) { // There are some, though none that can be read.
            feed.troubled(ApiTroubles.unreadable(plural, unread.get(0)));
        } else {
            feed.found(List.copyOf(objects.values()));
        }
    }

    @Override
    public void onEventsOnLane(List<Event<T>> events) {
        boolean changed = false;
        for (Event<T> event : events) {
            if (event instanceof WatchEvents.Put<T> put && !isOlder(put.id().name(), put.version())) {
                changed |= isOther(put.object(), objects.put(name.apply(put.object()), put.object()));
            } else if (event instanceof WatchEvents.Removed<T> removed
                    && !isOlder(removed.id().name(), removed.version())) {
                changed |= objects.remove(removed.id().name()) != null;
            }
        }
        if (changed) {
            feed.found(List.copyOf(objects.values()));
            feed.troubled(null); // Events come only where it can be asked.
        }
    }

    /** Heartbeats of nodes and pods change versions and nothing else (rule A-13). */
    private boolean isOther(T object, @Nullable T before) {
        return before == null || !content.apply(object).equals(content.apply(before));
    }

    private boolean isOlder(String of, String at) { // W-16
        T held = objects.get(of);
        return held != null && ResourceVersions.compare(at, version.apply(held)) < 0;
    }

    @Override
    public void onTroubleOnLane(@Nullable Trouble trouble) {
        feed.troubled(trouble);
    }
}
