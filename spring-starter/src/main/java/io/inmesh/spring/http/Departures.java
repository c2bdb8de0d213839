package io.inmesh.spring.http;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hears which pods leave a service, or are no longer to be used, and has their idle connections closed; running requests finish. An observer that a
 * mesh is built with: where an application builds its own without this one, connections to pods that have left end when they have been idle for long.
 *
 * <p>A connection is known by the pod's address and port, so one that other services share is closed for all of them; they open another.
 *
 * <p>Threads: any.
 */
public final class Departures implements BalancerObserver {
    /** By target: how many watch it, and what they heard last. */
    private final Map<Target, Watched> watched = new ConcurrentHashMap<>();

    /** Closes what is idle; null while there is nothing to close. Written by whoever opens and closes the HTTP client, read with each event. */
    private volatile @Nullable Consumer<InetSocketAddress> closing;

    private record Watched(int watchers, @Nullable EndpointSet set) {}

    /** From now on, has idle connections to an address closed by that, null for by nobody. It must not wait. */
    void closeBy(@Nullable Consumer<InetSocketAddress> closesIdle) {
        closing = closesIdle;
    }

    @Override
    public void watching(Target target, Supplier<List<WatchAge>> ages) {
        watched.merge(target, new Watched(1, null), (known, one) -> new Watched(known.watchers + 1, known.set));
    }

    @Override
    public void unwatched(Target target, Supplier<List<WatchAge>> ages) {
        watched.computeIfPresent(
                target, (same, known) -> known.watchers == 1 ? null : new Watched(known.watchers - 1, known.set));
    }

    @Override
    public void setChanged(Target target, EndpointSet set) {
        heard(target, set);
    }

    @Override
    public void unresolved(Target target, Unresolved unresolved) {
        if (unresolved.reason().replacesKnownSet()) {
            heard(target, null);
        }
    }

    private void heard(Target target, @Nullable EndpointSet now) {
        Watched then = watched.get(target);
        watched.computeIfPresent(target, (same, known) -> new Watched(known.watchers, now));
        EndpointSet before = then == null
                ? null
                : then.set; // Of two that watch it, one may meet the other: then idle time ends what is missed.
        Consumer<InetSocketAddress> closes = closing;
        if (before == null || closes == null) {
            return;
        }
        Set<String> left = usable(before);
        if (now != null) {
            left.removeAll(usable(now));
        }
        for (Endpoint endpoint : before.endpoints()) {
            if (left.remove(endpoint.address())) {
                close(endpoint, closes);
            }
        }
    }

    private static Set<String> usable(EndpointSet set) {
        Set<String> addresses = new HashSet<>();
        for (Endpoint endpoint : set.endpoints()) {
            if (endpoint.usability().isUsable()) {
                addresses.add(endpoint.address());
            }
        }
        return addresses;
    }

    private static void close(Endpoint endpoint, Consumer<InetSocketAddress> closes) {
        if (!Destination.isNumbered(endpoint)) {
            return; // Which address a name had is not known any more: idle time ends those.
        }
        try {
            closes.accept(new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(endpoint.host() + " is an address in numbers, which needs no look-up", e);
        }
    }
}
