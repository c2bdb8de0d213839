package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.rule.NamedObjects;
import io.inmesh.resolver.kubernetes.rule.SliceContributions;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows for each kind of source how it is kept known.
 *
 * <p>Threads: any.
 */
public final class Keepers {
    private static final Logger log = LoggerFactory.getLogger(Keepers.class);

    /** Services of a namespace that have watches of their own (rule W-14). */
    private static final int SINGLE_WATCHES = 8;

    private final ApiTransport api;
    private final RandomGenerator random;
    private final Map<Home, Rooms> homes = new ConcurrentHashMap<>();

    private record Home(Context context, String namespace) {}

    /** What lives on the lane of one namespace. */
    private record Rooms(
            Lane lane,
            NamespaceWatch<ServiceObject, Optional<ServiceObject>> services,
            NamespaceWatch<Slice, List<Slice>> slices) {

        void close() {
            services.close();
            slices.close();
        }
    }

    /** Over that transport. */
    public Keepers(ApiTransport api, RandomGenerator random) {
        this.api = api;
        this.random = random;
    }

    Lane lane(Context context, String namespace) {
        return rooms(context, namespace).lane();
    }

    /** Keeps a source known until what is returned is cancelled. */
    <T> Cancellable keep(Context context, Source<T> source, Feed<T> feed) {
        Rooms rooms = rooms(context, source.namespace());
        if (source instanceof Source.OneService one) {
            return join(rooms.lane(), rooms.services(), one.name(), Keepers.<T, Optional<ServiceObject>>same(feed));
        }
        if (source instanceof Source.SlicesOf slices) {
            return join(rooms.lane(), rooms.slices(), slices.service(), Keepers.<T, List<Slice>>same(feed));
        }
        throw new IllegalArgumentException("source: " + source + " (expected: one that this class knows)");
    }

    /** The type parameter of a source says what is found, and its case settles the parameter. */
    @SuppressWarnings("unchecked")
    private static <T, V> Feed<V> same(Feed<T> feed) {
        return (Feed<V>) feed;
    }

    private static <T, V> Cancellable join(Lane lane, NamespaceWatch<T, V> watch, ObjectName service, Feed<V> feed) {
        lane.execute(() -> watch.openOnLane(service, feed));
        return () -> lane.execute(() -> watch.closeOnLane(service));
    }

    /** Ends at once what that mesh used; its scheduler may be closed already, so no lane is needed for it. */
    void release(Context context) {
        homes.entrySet().removeIf(home -> {
            boolean its = home.getKey().context().equals(context);
            if (its) {
                home.getValue().close();
            }
            return its;
        });
    }

    /** Ends everything at once. */
    void close() {
        homes.values().forEach(Rooms::close);
    }

    private Rooms rooms(Context context, String namespace) {
        return homes.computeIfAbsent(new Home(context, namespace), home -> {
            Lane lane = Lane.on(
                    context.scheduler(),
                    error -> log.error("namespace {}: a task of its watches failed, they go on", namespace, error));
            ListWatch.Place place = new ListWatch.Place(api, lane, context.clock(), context.scheduler(), random);
            return new Rooms(
                    lane,
                    new NamespaceWatch<>(services(namespace), place, SINGLE_WATCHES),
                    new NamespaceWatch<>(slices(namespace), place, SINGLE_WATCHES));
        });
    }

    private static NamespaceWatch.Kind<ServiceObject, Optional<ServiceObject>> services(String namespace) {
        return new NamespaceWatch.Kind<>(
                WatchedResource::service,
                () -> WatchedResource.services(namespace),
                ServiceObject::id,
                () -> new NamedObjects<>(ServiceObject::id, ServiceObject::version, ServiceObject::withoutVersion));
    }

    private static NamespaceWatch.Kind<Slice, List<Slice>> slices(String namespace) {
        return new NamespaceWatch.Kind<>(
                WatchedResource::slices,
                () -> WatchedResource.allSlices(namespace),
                Slice::service,
                SliceContributions::new);
    }
}
