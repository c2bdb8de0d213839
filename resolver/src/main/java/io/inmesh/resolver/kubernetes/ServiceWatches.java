package io.inmesh.resolver.kubernetes;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.lane.Lane;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services in use, each watched once however many resolve it; the last user's release ends the watch. Users of different
 * schedulers do not share: a watch must not stop because someone else's scheduler was closed.
 *
 * <p>Threads: any.
 */
final class ServiceWatches {
    private static final Logger log = LoggerFactory.getLogger(ServiceWatches.class);

    private final ApiTransport api;
    private final RandomGenerator random;

    private final Map<Key, Shared> shared = new HashMap<>(); // Guarded by this.

    private record Key(Context context, ObjectName service) {}

    private static final class Shared {
        private final ServiceWatch watch;
        private int users; // Guarded by the lock of the outer class.

        Shared(ServiceWatch watch) {
            this.watch = watch;
        }
    }

    ServiceWatches(ApiTransport api, RandomGenerator random) {
        this.api = api;
        this.random = random;
    }

    /** Counts a user in. */
    synchronized ServiceWatch acquire(Context context, ObjectName service) {
        Shared found = shared.computeIfAbsent(new Key(context, service), key -> {
            Lane lane = Lane.on(
                    context.scheduler(),
                    error -> log.error("{}: a task of its watch failed, the watch goes on", service, error));
            ServiceWatch watch = new ServiceWatch(
                    service, new ListWatch.Place(api, lane, context.clock(), context.scheduler(), random));
            watch.start();
            return new Shared(watch);
        });
        found.users++;
        return found.watch;
    }

    /** Counts a user out. */
    synchronized void release(Context context, ObjectName service) {
        Key key = new Key(context, service);
        Shared found = shared.get(key);
        if (found != null && --found.users == 0) {
            shared.remove(key);
            found.watch.close();
        }
    }

    /** Ends all. */
    synchronized void close() {
        shared.values().forEach(each -> each.watch.close());
        shared.clear();
    }
}
