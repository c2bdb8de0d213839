package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.rule.Contributions;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import io.inmesh.resolver.kubernetes.watch.WatchEvents;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchSink;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one kind of object known for the services of one namespace that are in use, over as few watches as that takes (rule W-14). Up to a
 * limit each service has a watch of its own. Above it one wide watch covers all services that are in use when it begins; what is asked
 * for later has its own watch again, until these are too many and another wide watch takes over everything.
 *
 * <p>Nothing is lost in a switch: a wide watch first lists, and only when its list is whole do the watches that it replaces end, and
 * does it watch from the version of its list. So there are never more streams than the limit.
 *
 * <p>Threads: the lane, but for {@link #close()}.
 *
 * @param <T> the objects
 * @param <V> what they add up to for one service
 */
final class NamespaceWatch<T, V> {
    private static final Logger log = LoggerFactory.getLogger(NamespaceWatch.class);

    /**
     * The kind of object.
     *
     * @param one what to watch for one service
     * @param all what to watch for several services of the namespace at once; objects of others may come stripped
     * @param service the service an object speaks of, or null
     * @param none an empty collection of contributions
     */
    record Kind<T, V>(
            Function<ObjectName, WatchedResource<T>> one,
            Function<Set<ObjectName>, WatchedResource<T>> all,
            Function<T, @Nullable ObjectName> service,
            Supplier<Contributions<T, V>> none) {}

    private final Kind<T, V> kind;
    private final ListWatch.Place place;
    private final int limit;

    /** Watches that run, so that all can be ended without the lane. Changed on the lane, read by whoever closes. */
    private final Set<ListWatch<T>> running = ConcurrentHashMap.newKeySet();

    private volatile boolean closed; // Written by whoever closes, read on the lane behind each start.

    // All below are touched on the lane only.
    private final Map<ObjectName, Entry> entries = new LinkedHashMap<>();
    private @Nullable Wide wide; // In use.
    private @Nullable Wide next; // Not yet listed; takes over when it is.
    private boolean wideForbidden; // Roles can admit single services by name (rule R-4): then each keeps its own watch.
    private boolean planned;

    /** A service in use. */
    private final class Entry {
        private final Feed<V> feed;
        private @Nullable Narrow own; // Null while it needs none, or waits for a wide one.
        private boolean covered; // Kept known by the wide watch in use.

        Entry(Feed<V> feed) {
            this.feed = feed;
        }
    }

    NamespaceWatch(Kind<T, V> kind, ListWatch.Place place, int limit) {
        this.kind = kind;
        this.place = place;
        this.limit = limit;
    }

    /** Begins to keep a service known that is not in use yet. */
    void openOnLane(ObjectName service, Feed<V> feed) {
        entries.put(service, new Entry(feed));
        planSoonOnLane();
    }

    /** Ends what only that service needed. */
    void closeOnLane(ObjectName service) {
        Entry entry = entries.remove(service);
        if (entry != null && entry.own != null) {
            endOnLane(entry.own.watch);
        }
        planSoonOnLane();
    }

    /** Ends everything, from any thread, also where the lane runs no more. */
    void close() {
        closed = true;
        running.forEach(ListWatch::close);
    }

    private void startOnLane(ListWatch<T> watch) {
        running.add(watch);
        watch.start();
        if (closed) {
            watch.close();
        }
    }

    private void endOnLane(ListWatch<T> watch) {
        watch.close();
        running.remove(watch);
    }

    /** Behind whatever else is asked for at this moment, so that many services begin with one wide watch. */
    private void planSoonOnLane() {
        if (!planned) {
            planned = true;
            place.lane().execute(this::planOnLane);
        }
    }

    private void planOnLane() {
        planned = false;
        if (entries.isEmpty()) {
            endWideOnLane();
        } else if (next == null) {
            List<ObjectName> waiting =
                    entries.keySet().stream().filter(this::isWaiting).toList();
            long own =
                    entries.values().stream().filter(entry -> entry.own != null).count();
            long streams = own + waiting.size() + (wide == null ? 0 : 1);
            if (streams <= limit || wideForbidden) {
                waiting.forEach(this::watchAloneOnLane);
                leaveWideOnLane();
            } else {
                next = new Wide(Set.copyOf(entries.keySet()));
                startOnLane(next.watch);
            }
        }
    }

    private boolean isWaiting(ObjectName service) {
        Entry entry = entries.get(service);
        return entry != null && entry.own == null && !entry.covered;
    }

    private void watchAloneOnLane(ObjectName service) {
        Entry entry = entries.get(service);
        if (entry != null) {
            Narrow own = new Narrow(service, entry);
            entry.own = own;
            if (!entry.covered) {
                entry.feed.standsOn(own.what, own.watch.pulse());
            }
            startOnLane(own.watch);
        }
    }

    /** Half the limit, so that a service that comes and goes does not switch every time. */
    private void leaveWideOnLane() {
        if (wide != null && entries.size() <= limit / 2) {
            entries.forEach((service, entry) -> {
                if (entry.own == null) {
                    watchAloneOnLane(service);
                }
            });
            endWideIfNotNeededOnLane();
        }
    }

    private void endWideIfNotNeededOnLane() {
        if (wide != null && entries.values().stream().noneMatch(entry -> entry.covered)) {
            endOnLane(wide.watch);
            wide = null;
        }
    }

    private void endWideOnLane() {
        if (wide != null) {
            endOnLane(wide.watch);
            wide = null;
        }
        if (next != null) {
            endOnLane(next.watch);
            next = null;
        }
    }

    /** The watch of one service. */
    private final class Narrow implements WatchSink<T> {
        private final ObjectName service;
        private final String what;
        private final Entry entry;
        private final Contributions<T, V> objects = kind.none().get();
        private final ListWatch<T> watch;

        Narrow(ObjectName service, Entry entry) {
            this.service = service;
            this.entry = entry;
            WatchedResource<T> one = kind.one().apply(service);
            this.watch = new ListWatch<>(one, place, this);
            this.what = one.plural() + " of " + service.name() + " in namespace " + service.namespace();
        }

        @Override
        public void onListOnLane(List<T> list) {
            boolean changed = !objects.replaceAll(list).isEmpty();
            if (changed || entry.covered || entry.feed.finding().value() == null) {
                entry.feed.found(objects.of(service));
            }
            if (entry.covered) { // It takes over from a wide watch that covers too few.
                entry.covered = false;
                entry.feed.standsOn(what, watch.pulse());
                endWideIfNotNeededOnLane();
            }
        }

        @Override
        public void onEventsOnLane(List<Event<T>> events) {
            if (!apply(events, objects).isEmpty()) {
                entry.feed.found(objects.of(service));
            }
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            if (!entry.covered) {
                entry.feed.troubled(trouble);
            }
        }
    }

    /** A watch of the whole namespace, for the services that were in use when it began. */
    private final class Wide implements WatchSink<T> {
        private final Set<ObjectName> services;
        private final String what;
        private final Contributions<T, V> objects = kind.none().get();
        private final ListWatch<T> watch;

        Wide(Set<ObjectName> services) {
            this.services = services;
            WatchedResource<T> all = kind.all().apply(services);
            this.what = all.describe();
            this.watch = new ListWatch<>(all, place.with(place.config().with(WatchConfig.Lists.WHOLE)), this);
        }

        @Override
        public void onListOnLane(List<T> list) {
            Set<ObjectName> changed =
                    objects.replaceAll(list.stream().filter(this::covers).toList());
            if (wide == this) {
                changed.forEach(this::tellOnLane);
            } else {
                takeOverOnLane();
            }
        }

        private void takeOverOnLane() {
            if (wide != null) {
                endOnLane(wide.watch);
            }
            wide = this;
            next = null;
            entries.forEach((service, entry) -> {
                if (services.contains(service)) {
                    if (entry.own != null) {
                        endOnLane(entry.own.watch);
                        entry.own = null;
                    }
                    entry.covered = true;
                    entry.feed.standsOn(what, watch.pulse());
                    entry.feed.troubled(null);
                    tellOnLane(service);
                }
            });
            log.debug("{} services share one watch of {}", services.size(), what);
            planSoonOnLane();
        }

        @Override
        public void onEventsOnLane(List<Event<T>> events) {
            Set<ObjectName> changed = new HashSet<>();
            for (Event<T> event : events) {
                if (event instanceof WatchEvents.Put<T> put && covers(put.object())) {
                    changed.addAll(objects.put(put.object()));
                } else if (event instanceof WatchEvents.Put<T> put) { // It may have been one of ours (rule A-11).
                    changed.addAll(objects.remove(put.object()));
                } else if (event instanceof WatchEvents.Removed<T> removed) {
                    changed.addAll(objects.remove(removed.object()));
                }
            }
            changed.forEach(this::tellOnLane);
        }

        private boolean covers(T object) {
            ObjectName service = kind.service().apply(object);
            return service != null && services.contains(service);
        }

        private void tellOnLane(ObjectName service) {
            Entry entry = entries.get(service);
            if (entry != null && entry.covered) {
                entry.feed.found(objects.of(service));
            }
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            if (next == this && trouble != null && trouble.isForbidden()) {
                log.info("{}; each service is watched by itself instead", trouble.text());
                wideForbidden = true;
                endOnLane(watch);
                next = null;
                planSoonOnLane();
                return;
            }
            entries.forEach((service, entry) -> {
                boolean waits = next == this && entry.own == null && !entry.covered;
                if (waits || (wide == this && entry.covered)) {
                    entry.feed.troubled(trouble);
                }
            });
        }
    }

    private static <T, V> Set<ObjectName> apply(List<Event<T>> events, Contributions<T, V> objects) {
        Set<ObjectName> changed = new HashSet<>();
        for (Event<T> event : events) {
            if (event instanceof WatchEvents.Put<T> put) {
                changed.addAll(objects.put(put.object()));
            } else if (event instanceof WatchEvents.Removed<T> removed) {
                changed.addAll(objects.remove(removed.object()));
            }
        }
        return changed;
    }
}
