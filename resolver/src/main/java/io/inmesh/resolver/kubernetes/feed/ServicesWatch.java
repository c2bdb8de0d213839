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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One watch of one kind of object: for one service, or wide, for several of a namespace. Objects of other services are dropped.
 *
 * <p>Every event is told, also one that changed nothing but a version: of two endpoints at one address the version decides (rule A-8).
 * Whether that makes a difference to anybody, only an evaluation knows (rule A-13).
 *
 * <p>Threads: the lane, but for {@link #close()}.
 */
final class ServicesWatch<K, T, V> implements WatchSink<T> {
    /** So many refusals are more than a server that restarts, or a Role that is just being replaced. */
    private static final int FOR_GOOD = 3;

    private final WatchedKind<K, T, V> kind;
    private final Hearing<K, T, V> hearing;
    private final String what;
    private final Contributions<K, T, V> objects;
    private final ListWatch<T> watch;

    /** Loses members on the lane, gains none; also read where objects are read, on the transport's threads. */
    private final Set<K> services;

    // All three are touched on the lane only.
    private @Nullable Trouble trouble;
    private boolean tried; // It was answered, or failed, at least once.
    private int forbidden; // Refusals for want of rights, in a row.

    /** Hears, on the lane, what there is to know. */
    interface Hearing<K, T, V> {

        /** Everything may be different. */
        void listedOnLane(ServicesWatch<K, T, V> watch);

        /** Of these services something may be different. */
        void changedOnLane(ServicesWatch<K, T, V> watch, Set<K> changed);

        /** It cannot be asked, or (null) can be asked again. */
        void troubledOnLane(ServicesWatch<K, T, V> watch, @Nullable Trouble trouble);
    }

    private ServicesWatch(
            WatchedKind<K, T, V> kind,
            WatchedResource<T> resource,
            String what,
            Set<K> services,
            ListWatch.Place place,
            Hearing<K, T, V> hearing) {
        this.kind = kind;
        this.what = what;
        this.services = services;
        this.hearing = hearing;
        this.objects = kind.none().get();
        this.watch = new ListWatch<>(resource, place, this);
    }

    /** For one service. */
    static <K, T, V> ServicesWatch<K, T, V> narrow(
            WatchedKind<K, T, V> kind, K service, ListWatch.Place place, Hearing<K, T, V> hearing) {
        WatchedResource<T> one = kind.one().apply(service);
        ListWatch.Place listing = place.with(place.config().withAtMost(kind.lists()));
        return new ServicesWatch<>(kind, one, kind.name().apply(service), setOf(Set.of(service)), listing, hearing);
    }

    /**
     * For several.
     *
     * @param lists {@link WatchConfig.Lists#WHOLE_FIRST} if it must be no stream before what it replaces has ended
     */
    static <K, T, V> ServicesWatch<K, T, V> wide(
            WatchedKind<K, T, V> kind,
            Set<K> services,
            WatchConfig.Lists lists,
            ListWatch.Place place,
            Hearing<K, T, V> hearing) {
        Set<K> own = setOf(services);
        WatchedResource<T> all = kind.all().apply(own);
        ListWatch.Place listing = place.with(place.config().withAtMost(lists));
        return new ServicesWatch<>(kind, all, all.describe(), own, listing, hearing);
    }

    private static <K> Set<K> setOf(Set<K> services) {
        Set<K> own = ConcurrentHashMap.newKeySet();
        own.addAll(services);
        return own;
    }

    void start() {
        watch.start();
    }

    /** Nothing is heard any more. From any thread, and once it returns no request is left. */
    void close() {
        watch.close();
    }

    /** The services that it still tells of. */
    Set<K> servicesOnLane() {
        return services;
    }

    /** What is known of a service. */
    V ofOnLane(K service) {
        return objects.of(service);
    }

    /** Up to which version everything is known; null if it is not known. */
    @Nullable
    String versionOnLane() {
        return watch.versionOnLane();
    }

    /** Why it cannot be asked at present, or null. */
    @Nullable
    Trouble troubleOnLane() {
        return trouble;
    }

    /**
     * It seems that it may never be asked: it was forbidden at its very first try, or several times in a row. A server that has just started
     * may forbid for a moment what it has served before.
     */
    boolean isForbiddenOnLane() {
        return forbidden >= FOR_GOOD;
    }

    /** That service is of no interest any more. */
    void forgetOnLane(K service) {
        services.remove(service);
        objects.forget(service);
    }

    /** From now on that is shown from here. */
    void carryOnLane(Shown<V> shown) {
        shown.standsOn(what, watch.pulse());
        shown.troubled(trouble);
    }

    @Override
    public void onListOnLane(List<T> list, Set<ObjectName> unreadable) {
        objects.replaceAll(list.stream().filter(this::covers).toList(), unreadable);
        hearing.listedOnLane(this);
    }

    @Override
    public void onEventsOnLane(List<Event<T>> events) {
        Set<K> changed = new HashSet<>();
        for (Event<T> event : events) {
            if (event instanceof WatchEvents.Put<T> put && covers(put.object())) {
                changed.addAll(objects.put(put.object()));
                changed.addAll(kind.of().apply(put.object()));
            } else if (event instanceof WatchEvents.Put<T> put) { // It may have been one of ours (rule A-11).
                changed.addAll(objects.remove(put.id(), put.version()));
            } else if (event instanceof WatchEvents.Removed<T> removed) {
                changed.addAll(objects.remove(removed.id(), removed.version()));
            }
        }
        hearing.changedOnLane(this, changed);
    }

    private boolean covers(T object) {
        return kind.of().apply(object).stream().anyMatch(services::contains);
    }

    @Override
    public void onTroubleOnLane(@Nullable Trouble met) {
        trouble = met;
        boolean refused = met != null && met.isForbidden();
        forbidden = !refused ? 0 : tried ? forbidden + 1 : FOR_GOOD;
        tried = true;
        hearing.troubledOnLane(this, met);
    }

    @Override
    public String toString() {
        return what;
    }
}
