package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.feed.ServicesInUse.InUse;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one kind of object known for the services of one namespace that are in use, over as few watches as that takes (rule W-14). Up to a
 * limit each service has a watch of its own. Above it one wide watch covers all of them; one that is asked for later joins it with a list
 * of its own ({@link Joining}), and where many come at once another wide watch takes over everything. When half the limit of
 * services is left, each has its own again: not at the limit, so that a service that comes and goes does not switch every time.
 *
 * <p>A switch loses nothing and takes nothing back. Only when the list of a wide watch is whole do the watches that it replaces end; a wide
 * watch ends when the last service that it covers has a list of its own. {@link Shown} keeps back what is older than what was shown.
 * The list of a wide watch is streamed where there is room for one stream more, else it is a request of its own and the watch begins when
 * the others have ended. So there are never more streams than {@link StreamBudget} allows, and one where there is a wide watch and nothing
 * changes; but where a wide watch is forbidden ({@link WideRight}) each service keeps its own.
 *
 * <p>Threads: the lane, but for {@link #close()}.
 *
 * @param <K> what names a service
 * @param <T> the objects
 * @param <V> what they add up to for one service
 */
final class NamespaceWatch<K, T, V> implements ServicesWatch.Hearing<K, T, V>, StreamBudget.Holder {
    private static final Logger log = LoggerFactory.getLogger(NamespaceWatch.class);

    private final WatchedKind<K, T, V> kind;
    private final ListWatch.Place place;
    private final StreamBudget budget;
    private final RunningWatches running = new RunningWatches();
    private final WideRight wideRight;

    // All below are touched on the lane only.
    private final ServicesInUse<K, T, V> entries = new ServicesInUse<>();
    private final OwnWatches<K, T, V> own;
    private final ServicesShown<K, T, V> shown = new ServicesShown<>(entries);
    private @Nullable ServicesWatch<K, T, V> wide; // In use.
    private @Nullable ServicesWatch<K, T, V> next; // Not yet listed; takes over when it is.
    private boolean nextStreams; // It is a stream before it is listed.
    private boolean planned;

    NamespaceWatch(WatchedKind<K, T, V> kind, ListWatch.Place place, StreamBudget budget) {
        this.kind = kind;
        this.place = place;
        this.budget = budget;
        this.wideRight = new WideRight(place);
        this.own = new OwnWatches<>(kind, place, this, entries, running);
    }

    /** Begins to keep a service known, for that feed instead of any before it. */
    void openOnLane(K service, Feed<V> feed) {
        dropOnLane(service);
        entries.put(service, new InUse<>(feed));
        planSoonOnLane();
    }

    /** Ends what only that service needed, if it is still kept known for that feed. */
    void closeOnLane(K service, Feed<V> feed) {
        InUse<K, T, V> entry = entries.get(service);
        if (entry != null && entry.shown.isOf(feed)) {
            dropOnLane(service);
            planSoonOnLane();
        }
    }

    private void dropOnLane(K service) {
        InUse<K, T, V> entry = entries.remove(service);
        if (entry == null) {
            return;
        }
        own.endOnLane(entry);
        if (wide != null) {
            wide.forgetOnLane(service);
        }
        if (next != null) {
            next.forgetOnLane(service);
        }
    }

    /** Ends everything, from any thread, also where the lane runs no more. */
    void close() {
        wideRight.close();
        running.close();
    }

    @Override
    public int streamsOnLane() {
        return entries.alone() + (wide == null ? 0 : 1) + (next != null && nextStreams ? 1 : 0);
    }

    @Override
    public boolean isInUseOnLane() {
        return !entries.isEmpty();
    }

    @Override
    public boolean isForbiddenOnLane() {
        return wideRight.isForbiddenOnLane();
    }

    @Override
    public @Nullable Trouble hindranceOnLane() {
        return next == null ? null : next.troubleOnLane();
    }

    /** Behind whatever else is asked for at this moment, so that many services begin with one wide watch. */
    @Override
    public void planSoonOnLane() {
        if (!planned) {
            planned = true;
            place.lane().execute(this::planOnLane);
        }
    }

    private void planOnLane() {
        planned = false;
        endWideIfNotNeededOnLane();
        List<K> waiting = entries.waiting();
        int limit = budget.limitOnLane(this);
        WatchPlan plan = WatchPlan.of(
                limit,
                isForbiddenOnLane(),
                wide != null,
                new WatchPlan.Counts(
                        entries.size(),
                        entries.alone(),
                        waiting.size(),
                        entries.joining().size()));
        if (plan != WatchPlan.WIDEN) {
            endNextOnLane(); // Services have gone since it began.
        }
        switch (plan) {
            case ALONE -> waiting.forEach(own::watchAloneOnLane);
            case LEAVE -> own.watchAllAloneOnLane();
            case JOIN -> waiting.forEach(service -> own.joinOnLane(service, Objects.requireNonNull(wide)));
            case WIDEN -> widenOnLane(waiting);
            case WAIT -> waiting.forEach(this::waitForRoomOnLane);
        }
        budget.settleOnLane();
    }

    private void waitForRoomOnLane(K service) {
        InUse<K, T, V> entry = entries.get(service);
        if (entry != null) {
            entry.shown.troubled(budget.hindranceOnLane(this));
        }
    }

    private void widenOnLane(List<K> waiting) {
        ServicesWatch<K, T, V> begun = next;
        if (begun == null) {
            nextStreams = budget.hasRoomOnLane();
            begun = ServicesWatch.wide(
                    kind,
                    Set.copyOf(entries.names()),
                    nextStreams ? WatchConfig.Lists.STREAMED : WatchConfig.Lists.WHOLE_FIRST,
                    place,
                    this);
            next = begun;
            running.startOnLane(begun);
        }
        for (K service : waiting) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null) {
                begun.carryOnLane(service, entry.shown); // Who came while it could not be asked hears of that.
            }
        }
    }

    private void endWideIfNotNeededOnLane() {
        ServicesWatch<K, T, V> used = wide;
        if (used != null && !entries.anyBy(used)) {
            running.endOnLane(used);
            wide = null;
            own.endJoinsOnLane();
        }
    }

    private void endNextOnLane() {
        if (next != null) {
            running.endOnLane(next);
            next = null;
        }
    }

    @Override
    public void listedOnLane(ServicesWatch<K, T, V> watch) {
        if (watch == next) {
            takeOverOnLane(watch);
            return;
        }
        for (K service : watch.servicesOnLane()) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null && entry.by == watch) {
                shown.tellOnLane(service, entry, watch, !watch.isBehindOnLane(service));
            } else if (entry != null && entry.own == watch && entry.joins) {
                joinedOnLane(service, entry, watch);
            } else if (entry != null && entry.own == watch) {
                shown.showOnLane(service, entry, watch);
                planSoonOnLane(); // The wide one may not be needed any more.
            }
        }
    }

    private void joinedOnLane(K service, InUse<K, T, V> entry, ServicesWatch<K, T, V> list) {
        ServicesWatch<K, T, V> into = Objects.requireNonNull(wide);
        Set<K> changed = into.joinOnLane(service, list);
        own.endOnLane(entry);
        shown.takeOnLane(service, entry, into, list);
        changed.remove(service);
        shown.changedOnLane(into, changed);
        planSoonOnLane(); // Others may wait for their turn.
    }

    @Override
    public void expelledOnLane(ServicesWatch<K, T, V> watch, Set<K> expelled) {
        for (K service : expelled) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null && watch == wide) {
                own.endOnLane(entry);
                entry.by = null;
            }
        }
        planSoonOnLane();
    }

    private void takeOverOnLane(ServicesWatch<K, T, V> whole) {
        ServicesWatch<K, T, V> before = wide;
        wide = whole;
        next = null;
        for (K service : whole.servicesOnLane()) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null) {
                own.endOnLane(entry);
                shown.showOnLane(service, entry, whole);
            }
        }
        own.endJoinsOnLane();
        if (before != null) {
            running.endOnLane(before);
        }
        log.debug("{} services share one watch of {}", whole.servicesOnLane().size(), whole);
        planSoonOnLane();
    }

    @Override
    public void askingOnLane(ServicesWatch<K, T, V> watch) {
        shown.askingOnLane(watch);
    }

    @Override
    public void changedOnLane(ServicesWatch<K, T, V> watch, Set<K> changed) {
        shown.changedOnLane(watch, changed);
    }

    @Override
    public void troubledOnLane(ServicesWatch<K, T, V> watch, @Nullable Trouble trouble) {
        boolean covers = watch == next || watch == wide;
        if (covers && trouble != null && (watch.isForbiddenOnLane() || (watch == next && trouble.isTooLarge()))) {
            standAloneOnLane(watch, trouble);
            return;
        }
        // Who came while the next one is on its way waits for it as well.
        for (K service : watch == next ? entries.names() : watch.servicesOnLane()) {
            InUse<K, T, V> entry = entries.get(service);
            if (entry != null && entry.dependsOn(watch)) {
                entry.shown.troubled(watch.troubleOnLane(service));
            }
        }
        if (watch == next) {
            budget.hinderedOnLane();
        }
    }

    /** What was shown stays until each has a list of its own (rule W-12). */
    private void standAloneOnLane(ServicesWatch<K, T, V> forbidden, Trouble trouble) {
        log.atLevel(wideRight.levelOnLane()).log("{}; each service is watched by itself instead", trouble.text());
        running.endOnLane(forbidden);
        if (forbidden == next) {
            next = null;
        } else {
            wide = null;
            own.endJoinsOnLane();
            entries.forEach((service, entry) -> entry.by = entry.by == forbidden ? null : entry.by);
        }
        wideRight.forbiddenOnLane(this::planSoonOnLane);
        budget.hinderedOnLane(); // Others count on this one becoming wide, which it will not.
        planSoonOnLane();
    }
}
