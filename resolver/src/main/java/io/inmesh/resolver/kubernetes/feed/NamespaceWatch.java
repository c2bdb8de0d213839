package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one kind of object known for the services of one namespace that are in use, over as few watches as that takes (rule W-14). Up to a
 * limit each service has a watch of its own. Above it one wide watch covers all services that are in use when it begins; what is asked
 * for later has its own watch again, until these are too many and another wide watch takes over everything. When half the limit of
 * services is left, each has its own again: not at the limit, so that a service that comes and goes does not switch every time.
 *
 * <p>A switch loses nothing and takes nothing back. A wide watch first lists, and only when its list is whole do the watches that it
 * replaces end, and does it watch from the version of its list; a wide watch ends when the last service that it covers has a list of its
 * own. {@link Shown} keeps back what is older than what was shown. So there are never more streams than the limit, but where a wide
 * watch is forbidden: Roles can admit single services by name (rule R-4). Then each keeps its own, and every {@value
 * #ASK_AGAIN_MINUTES} min a wide one is tried again, since it may have been forbidden only because nothing was allowed yet.
 *
 * <p>Threads: the lane, but for {@link #close()}.
 *
 * @param <T> the objects
 * @param <V> what they add up to for one service
 */
final class NamespaceWatch<T, V> implements ServicesWatch.Hearing<T, V> {
    private static final Logger log = LoggerFactory.getLogger(NamespaceWatch.class);

    private static final long ASK_AGAIN_MINUTES = 5;

    private final WatchedKind<T, V> kind;
    private final ListWatch.Place place;
    private final int limit;
    private final CancelSlot askAgain = new CancelSlot(); // The timer after a wide watch was forbidden.

    /** Watches that run, so that all can be ended without the lane. Changed on the lane, read by whoever closes. */
    private final Set<ServicesWatch<T, V>> running = ConcurrentHashMap.newKeySet();

    private volatile boolean closed; // Written by whoever closes, read on the lane behind each start.

    // All below are touched on the lane only.
    private final Map<ObjectName, Entry> entries = new LinkedHashMap<>();
    private @Nullable ServicesWatch<T, V> wide; // In use.
    private @Nullable ServicesWatch<T, V> next; // Not yet listed; takes over when it is.
    private boolean wideForbidden;
    private boolean planned;

    /** A service in use. Without either watch it waits for one. */
    private final class Entry {
        private final Shown<V> shown;
        private @Nullable ServicesWatch<T, V> own; // Perhaps not yet listed.
        private @Nullable ServicesWatch<T, V> by; // The one it is shown from, which is its own or the wide one.

        Entry(Feed<V> feed) {
            this.shown = new Shown<>(feed);
        }

        boolean isWaiting() {
            return own == null && by == null;
        }
    }

    NamespaceWatch(WatchedKind<T, V> kind, ListWatch.Place place, int limit) {
        this.kind = kind;
        this.place = place;
        this.limit = limit;
    }

    /** Begins to keep a service known, for that feed instead of any before it. */
    void openOnLane(ObjectName service, Feed<V> feed) {
        dropOnLane(service);
        entries.put(service, new Entry(feed));
        planSoonOnLane();
    }

    /** Ends what only that service needed, if it is still kept known for that feed. */
    void closeOnLane(ObjectName service, Feed<V> feed) {
        Entry entry = entries.get(service);
        if (entry != null && entry.shown.isOf(feed)) {
            dropOnLane(service);
            planSoonOnLane();
        }
    }

    private void dropOnLane(ObjectName service) {
        Entry entry = entries.remove(service);
        if (entry == null) {
            return;
        }
        if (entry.own != null) {
            endOnLane(entry.own);
        }
        if (wide != null) {
            wide.forgetOnLane(service);
        }
        if (next != null) {
            next.forgetOnLane(service);
        }
    }

    /** Ends everything, from any thread, also where the lane runs no more. */
    void close() {
        closed = true;
        askAgain.close();
        running.forEach(ServicesWatch::close);
    }

    private void startOnLane(ServicesWatch<T, V> watch) {
        running.add(watch);
        watch.start();
        if (closed) { // Either this sees that it is closed, or whoever closes sees the watch.
            watch.close();
        }
    }

    private void endOnLane(ServicesWatch<T, V> watch) {
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
        endWideIfNotNeededOnLane();
        List<ObjectName> waiting = entries.entrySet().stream()
                .filter(each -> each.getValue().isWaiting())
                .map(Map.Entry::getKey)
                .toList();
        long own = entries.values().stream().filter(each -> each.own != null).count();
        long streams = own + waiting.size() + (wide == null ? 0 : 1);
        if (streams <= limit || wideForbidden) {
            endNextOnLane(); // Services have gone since it began.
            waiting.forEach(this::watchAloneOnLane);
            leaveWideOnLane();
        } else {
            widenOnLane(waiting);
        }
    }

    private void widenOnLane(List<ObjectName> waiting) {
        ServicesWatch<T, V> begun = next;
        if (begun == null) {
            begun = ServicesWatch.wide(kind, entries.keySet(), place, this);
            next = begun;
            startOnLane(begun);
        }
        for (ObjectName service : waiting) {
            Entry entry = entries.get(service);
            if (entry != null) {
                begun.carryOnLane(entry.shown); // Who came while it could not be asked hears of that.
            }
        }
    }

    private void watchAloneOnLane(ObjectName service) {
        Entry entry = entries.get(service);
        if (entry != null) {
            ServicesWatch<T, V> own = ServicesWatch.narrow(kind, service, place, this);
            entry.own = own;
            if (entry.by == null) {
                own.carryOnLane(entry.shown);
            }
            startOnLane(own);
        }
    }

    private void leaveWideOnLane() {
        if (wide != null && entries.size() <= limit / 2) {
            entries.forEach((service, entry) -> {
                if (entry.own == null) {
                    watchAloneOnLane(service);
                }
            });
        }
    }

    private void endWideIfNotNeededOnLane() {
        ServicesWatch<T, V> used = wide;
        if (used != null && entries.values().stream().noneMatch(each -> each.by == used)) {
            endOnLane(used);
            wide = null;
        }
    }

    private void endNextOnLane() {
        if (next != null) {
            endOnLane(next);
            next = null;
        }
    }

    @Override
    public void listedOnLane(ServicesWatch<T, V> watch) {
        if (watch == next) {
            takeOverOnLane(watch);
            return;
        }
        for (ObjectName service : watch.servicesOnLane()) {
            Entry entry = entries.get(service);
            if (entry != null && entry.by == watch) {
                entry.shown.listed(watch.versionOnLane(), watch.ofOnLane(service));
            } else if (entry != null && entry.own == watch) {
                showOnLane(entry, service, watch);
                endWideIfNotNeededOnLane();
            }
        }
    }

    /** From a watch that has just listed what another showed before, if any did. */
    private void showOnLane(Entry entry, ObjectName service, ServicesWatch<T, V> from) {
        entry.by = from;
        from.carryOnLane(entry.shown);
        entry.shown.changed(from.versionOnLane(), from.ofOnLane(service));
    }

    private void takeOverOnLane(ServicesWatch<T, V> whole) {
        ServicesWatch<T, V> before = wide;
        wide = whole;
        next = null;
        for (ObjectName service : whole.servicesOnLane()) {
            Entry entry = entries.get(service);
            if (entry != null) {
                if (entry.own != null) {
                    endOnLane(entry.own);
                    entry.own = null;
                }
                showOnLane(entry, service, whole);
            }
        }
        if (before != null) {
            endOnLane(before);
        }
        log.debug("{} services share one watch of {}", whole.servicesOnLane().size(), whole);
        planSoonOnLane();
    }

    @Override
    public void changedOnLane(ServicesWatch<T, V> watch, Set<ObjectName> changed) {
        for (ObjectName service : changed) {
            Entry entry = entries.get(service);
            if (entry != null && entry.by == watch) {
                entry.shown.changed(watch.versionOnLane(), watch.ofOnLane(service));
            }
        }
    }

    @Override
    public void troubledOnLane(ServicesWatch<T, V> watch, @Nullable Trouble trouble) {
        boolean covering = watch == next || watch == wide;
        if (covering && trouble != null && watch.isForbiddenOnLane()) {
            standAloneOnLane(watch, trouble);
            return;
        }
        // Who came while the next one is on its way waits for it as well.
        for (ObjectName service : watch == next ? List.copyOf(entries.keySet()) : watch.servicesOnLane()) {
            Entry entry = entries.get(service);
            boolean waits = entry != null && entry.by == null && (entry.own == null || entry.own == watch);
            if (entry != null && (waits || entry.by == watch)) {
                entry.shown.troubled(trouble);
            }
        }
    }

    /** What was shown stays until each has a list of its own (rule W-12). */
    private void standAloneOnLane(ServicesWatch<T, V> forbidden, Trouble trouble) {
        log.info("{}; each service is watched by itself instead", trouble.text());
        wideForbidden = true;
        endOnLane(forbidden);
        if (forbidden == next) {
            next = null;
        } else {
            wide = null;
            entries.values().stream().filter(each -> each.by == forbidden).forEach(each -> each.by = null);
        }
        Runnable allow = () -> {
            wideForbidden = false;
            planSoonOnLane();
        };
        askAgain.put(
                place.scheduler().schedule(() -> place.lane().execute(allow), Duration.ofMinutes(ASK_AGAIN_MINUTES)));
        planSoonOnLane();
    }
}
