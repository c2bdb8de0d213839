package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.lane.Lane;
import io.inmesh.resolver.kubernetes.object.EndpointsObject;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows for each kind of source how it is kept known.
 *
 * <p>Threads: any.
 */
public final class Keepers {
    private static final Logger log = LoggerFactory.getLogger(Keepers.class);

    private final Means means;
    private final Map<Home, Rooms> homes = new ConcurrentHashMap<>();

    private record Home(Owner owner, String namespace) {}

    /** What lives on the lane of one namespace. */
    private record Rooms(
            Lane lane,
            ListWatch.Place place,
            NamespaceWatch<ObjectName, ServiceObject, Optional<ServiceObject>> services,
            NamespaceWatch<ObjectName, Slice, List<Slice>> slices,
            NamespaceWatch<ObjectName, EndpointsObject, Optional<EndpointsObject>> endpoints,
            NamespaceWatch<String, PodObject, List<PodObject>> pods) {

        void close() {
            services.close();
            slices.close();
            endpoints.close();
            pods.close();
        }
    }

    /**
     * What keeping takes.
     *
     * @param api reaches the API server
     * @param random jitter
     * @param lookup looks up host names
     * @param blocking where lookups may block
     * @param lookupInterval how often they are repeated (rule X-3)
     * @param singleWatches up to how many services of a namespace have watches of their own (rule W-14)
     * @param watch how each watch behaves
     * @param weightLabel the label that tells a pod's weight, or null if only the annotation may
     */
    public record Means(
            ApiTransport api,
            RandomGenerator random,
            Lookup lookup,
            Executor blocking,
            Duration lookupInterval,
            int singleWatches,
            WatchConfig watch,
            @Nullable String weightLabel) {}

    /** By these means. */
    public Keepers(Means means) {
        this.means = means;
    }

    Lane lane(Context context, String namespace) {
        return rooms(context, namespace).lane();
    }

    /** Keeps a source known. */
    <T> Keeping keep(Context context, Source<T> source, Feed<T> feed) {
        Rooms rooms = rooms(context, source.namespace());
        if (source instanceof Source.OneService one) {
            return join(rooms.lane(), rooms.services(), one.name(), Keepers.<T, Optional<ServiceObject>>same(feed));
        }
        if (source instanceof Source.SlicesOf slices) {
            return join(rooms.lane(), rooms.slices(), slices.service(), Keepers.<T, List<Slice>>same(feed));
        }
        if (source instanceof Source.EndpointsOf endpoints) {
            return join(
                    rooms.lane(),
                    rooms.endpoints(),
                    endpoints.service(),
                    Keepers.<T, Optional<EndpointsObject>>same(feed));
        }
        if (source instanceof Source.PodsBy pods) {
            return join(rooms.lane(), rooms.pods(), pods.selector(), Keepers.<T, List<PodObject>>same(feed));
        }
        if (source instanceof Source.AllNodes) {
            return collect(
                    rooms.place(),
                    WatchedResource.nodes(),
                    NodeObject::name,
                    NodeObject::version,
                    NodeObject::withoutVersion,
                    Keepers.<T, List<NodeObject>>same(feed));
        }
        if (source instanceof Source.ZoneOf zone) {
            ZoneKeeper keeper = new ZoneKeeper(zone.node(), rooms.place(), Keepers.<T, Optional<String>>same(feed));
            keeper.start();
            return keeper::close;
        }
        return lookUp(context, rooms, (Source.AddressesOf) source, Keepers.<T, List<String>>same(feed));
    }

    /** The type parameter of a source says what is found, and its case settles the parameter. */
    @SuppressWarnings("unchecked")
    private static <T, V> Feed<V> same(Feed<T> feed) {
        return (Feed<V>) feed;
    }

    private static <K, T, V> Keeping join(Lane lane, NamespaceWatch<K, T, V> watch, K service, Feed<V> feed) {
        lane.execute(() -> watch.openOnLane(service, feed));
        return () -> lane.execute(() -> watch.closeOnLane(service, feed));
    }

    private static <T> Keeping collect(
            ListWatch.Place place,
            WatchedResource<T> resource,
            Function<T, String> name,
            Function<T, String> version,
            UnaryOperator<T> content,
            Feed<List<T>> feed) {
        CollectionWatch<T> watch = new CollectionWatch<>(resource, place, name, version, content, feed);
        watch.start();
        return watch::close;
    }

    private Keeping lookUp(Context context, Rooms rooms, Source.AddressesOf source, Feed<List<String>> feed) {
        AddressKeeper.Place place = new AddressKeeper.Place(
                means.lookup(),
                means.blocking(),
                rooms.lane(),
                context.clock(),
                context.scheduler(),
                means.lookupInterval());
        AddressKeeper keeper = new AddressKeeper(source.host(), place, feed);
        keeper.start();
        return new Keeping() {
            @Override
            public void end() {
                keeper.close();
            }

            @Override
            public void refresh() {
                keeper.refresh();
            }
        };
    }

    /**
     * Forgets what that mesh used, so that whatever is asked for from now on begins anew.
     *
     * @return ends what was forgotten, at once; the mesh's scheduler may be closed already, so no lane is needed for it
     */
    Runnable release(Owner owner) {
        List<Rooms> released = new ArrayList<>();
        homes.entrySet().removeIf(home -> {
            boolean its = home.getKey().owner().equals(owner);
            if (its) {
                released.add(home.getValue());
            }
            return its;
        });
        return () -> released.forEach(Rooms::close);
    }

    /** Ends everything at once. */
    void close() {
        homes.values().forEach(Rooms::close);
    }

    private Rooms rooms(Context context, String namespace) {
        return homes.computeIfAbsent(new Home(new Owner(context), namespace), home -> {
            Lane lane = Lane.on(
                    context.scheduler(),
                    error -> log.error("namespace {}: a task of its watches failed, they go on", namespace, error));
            ListWatch.Place place = new ListWatch.Place(
                    means.api(), lane, context.clock(), context.scheduler(), means.random(), means.watch());
            StreamBudget budget = new StreamBudget(means.singleWatches());
            return new Rooms(
                    lane,
                    place,
                    watch(WatchedKinds.services(namespace), place, budget),
                    watch(WatchedKinds.slices(namespace), place, budget),
                    watch(WatchedKinds.endpoints(namespace), place, budget),
                    watch(WatchedKinds.pods(namespace, means.weightLabel()), place, budget));
        });
    }

    private static <K, T, V> NamespaceWatch<K, T, V> watch(
            WatchedKind<K, T, V> kind, ListWatch.Place place, StreamBudget budget) {
        NamespaceWatch<K, T, V> watch = new NamespaceWatch<>(kind, place, budget);
        budget.add(watch);
        return watch;
    }
}
