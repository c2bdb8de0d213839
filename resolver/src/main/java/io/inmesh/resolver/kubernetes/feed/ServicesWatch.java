package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.rule.Contributions;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import io.inmesh.resolver.kubernetes.watch.WatchEvents;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import io.inmesh.resolver.kubernetes.watch.WatchSink;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final WatchedResource<T> resource;
    private final ListWatch<T> watch;

    /** Loses and gains members on the lane; also read where objects are read, on the transport's threads. */
    private final Set<K> services;

    // All below are touched on the lane only.
    private final Contributions<K, T, V> objects;
    private final Obscured<K, T> obscured;
    private final Joining<K, T> joining;
    private final Map<K, String> shownWhenAsked = new HashMap<>(); // How far others had shown a service by then.
    private @Nullable String reached; // The version that it has told everything up to.
    private @Nullable Trouble trouble;
    private boolean tried; // It was answered, or failed, at least once.
    private int forbidden; // Refusals for want of rights, in a row.

    /** Hears, on the lane, what there is to know. */
    interface Hearing<K, T, V> {

        /** A list is about to be asked for. */
        void askingOnLane(ServicesWatch<K, T, V> watch);

        /** Those have to join it again. */
        void expelledOnLane(ServicesWatch<K, T, V> watch, Set<K> expelled);

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
        this.resource = resource;
        this.objects = kind.none().get();
        this.obscured = new Obscured<>(resource.plural(), kind.speaksFor(), objects);
        this.joining = new Joining<>(objects);
        this.watch = new ListWatch<>(resource, place, this);
    }

    /** For one service. */
    static <K, T, V> ServicesWatch<K, T, V> narrow(
            WatchedKind<K, T, V> kind, K service, ListWatch.Place place, Hearing<K, T, V> hearing) {
        WatchedResource<T> one = kind.one().apply(service);
        ListWatch.Place listing = place.with(place.config().withAtMost(kind.lists()));
        return new ServicesWatch<>(kind, one, kind.name().apply(service), setOf(Set.of(service)), listing, hearing);
    }

    /** Only the list for one service, with which it joins that watch; it covers the service from now on. */
    static <K, T, V> ServicesWatch<K, T, V> joining(
            ServicesWatch<K, T, V> wide, K service, ListWatch.Place place, Hearing<K, T, V> hearing) {
        wide.services.add(service);
        wide.joining.askedOnLane(service);
        WatchedResource<T> one = wide.kind.one().apply(service).readLike(wide.resource);
        ListWatch.Place listing = place.with(place.config().withAtMost(WatchConfig.Lists.WHOLE));
        String what = wide.kind.name().apply(service);
        return new ServicesWatch<>(wide.kind, one, what, setOf(Set.of(service)), listing, hearing);
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

    /** Why nothing is known of a service, or what is known may be old; null if neither. */
    @Nullable
    Trouble troubleOnLane(K service) {
        return trouble == null ? obscured.troubleOnLane(service) : trouble;
    }

    /** Nothing can be said of that service: objects of it exist that cannot be read. */
    boolean isObscuredOnLane(K service) {
        return obscured.troubleOnLane(service) != null;
    }

    /** Others have shown a service up to that version, and a list of this one is about to be asked for. */
    void shownWhenAskedOnLane(K service, @Nullable String version) {
        shownWhenAsked.compute(service, (key, before) -> version);
    }

    /** How far others had shown it when the last list was asked for, or null. */
    @Nullable
    String shownWhenAskedOnLane(K service) {
        return shownWhenAsked.get(service);
    }

    /** Another watch has shown that service so far: what this one cannot read may be known there. */
    void learnOnLane(K service, ServicesWatch<K, T, V> other) {
        obscured.learnOnLane(service, other.objects, kind.of());
    }

    /**
     * The list with which a service joins has come.
     *
     * @return the services for which something is different now, that one perhaps among them
     */
    Set<K> joinOnLane(K service, ServicesWatch<K, T, V> list) {
        String at = Objects.requireNonNullElse(list.versionOnLane(), "");
        Set<K> changed = joining.joinOnLane(service, at, versionOnLane(), list.objects.all());
        obscured.addOnLane(list.obscured);
        return changed;
    }

    /** The list with which that service joined is newer than what is known here. */
    boolean isBehindOnLane(K service) {
        return joining.isAheadOnLane(service);
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
        shownWhenAsked.remove(service);
        joining.forgetOnLane(service);
        objects.forget(service);
    }

    /** From now on that is shown from here. */
    void carryOnLane(K service, Shown<V> shown) {
        shown.standsOn(what, watch.pulse());
        shown.troubled(troubleOnLane(service));
    }

    @Override
    public void onListAskedOnLane() {
        String version = versionOnLane();
        reached = version == null ? reached : version;
        hearing.askingOnLane(this);
    }

    @Override
    public void onListOnLane(List<T> list, List<Unread<T>> unread) {
        objects.replaceAll(list.stream().filter(this::covers).toList(), obscured.keptOnLane(unread));
        obscured.listedOnLane(unread);
        String version = Objects.requireNonNullElse(versionOnLane(), "");
        Set<K> expelled = joining.listedOnLane(version, reached);
        reached = version;
        hearing.listedOnLane(this);
        if (!expelled.isEmpty()) {
            hearing.expelledOnLane(this, expelled);
        }
    }

    @Override
    public void onEventsOnLane(List<Event<T>> events) {
        Set<K> changed = new HashSet<>();
        for (Event<T> event : events) {
            joining.toldOnLane(event);
            if (!joining.isKnownOnLane(event)) {
                changed.addAll(heardOnLane(event));
            }
        }
        String version = versionOnLane();
        changed.addAll(joining.reachedOnLane(version));
        reached = version == null ? reached : version;
        hearing.changedOnLane(this, changed);
    }

    private Set<K> heardOnLane(Event<T> event) {
        Set<K> changed = new HashSet<>();
        if (event instanceof WatchEvents.Put<T> put) {
            changed.addAll(obscured.clearedOnLane(put.id(), services));
            if (covers(put.object())) {
                changed.addAll(objects.put(put.object()));
                changed.addAll(kind.of().apply(put.object()));
            } else { // It may have been one of ours (rule A-11).
                changed.addAll(objects.remove(put.id(), put.version()));
            }
        } else if (event instanceof WatchEvents.Removed<T> removed) {
            changed.addAll(obscured.clearedOnLane(removed.id(), services));
            changed.addAll(objects.remove(removed.id(), removed.version()));
        } else if (event instanceof Unread<T> unread) {
            obscured.metOnLane(unread);
            changed.addAll(obscured.concernedOnLane(unread, services));
        }
        return changed;
    }

    private boolean covers(T object) {
        return kind.of().apply(object).stream().anyMatch(services::contains);
    }

    @Override
    public void onTroubleOnLane(@Nullable Trouble met) {
        trouble = met;
        forbidden = met == null || !met.isForbidden() ? 0 : tried ? forbidden + 1 : FOR_GOOD;
        tried = true;
        hearing.troubledOnLane(this, met);
    }

    @Override
    public String toString() {
        return what;
    }
}
