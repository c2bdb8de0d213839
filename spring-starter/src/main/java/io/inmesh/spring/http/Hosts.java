package io.inmesh.spring.http;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceName;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.balancer.Mesh;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which URLs are the mesh's, and remembers. A host is ours if it is configured, or says {@code svc} where cluster names do, or if
 * its Service was found by one lookup, for which the first request waits one second at most; and not if it is excluded. Everything else goes the way it would go without inmesh.
 *
 * <p>Threads: any. Only {@link #route} waits, once for a host; {@link #find} is for those who must not.
 */
final class Hosts {
    /** A request for a host that turns out not to be ours pays no more than this, once (design section 5). */
    static final Duration LOOKUP_LIMIT = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(Hosts.class);
    private static final String SECURE = "https";

    private final Mesh mesh;
    private final ConfiguredServices configured;
    private final ExcludedHosts excluded;
    private final Duration lookupLimit;

    /** By host. Kept for the mesh's life: a host once found stays ours, and one that was not found is not asked for again. */
    private final Map<String, Host> hosts = new ConcurrentHashMap<>();

    private final Routes routes;

    /** A host's name, and whether it is ours: null name if it can be no service's. */
    private record Host(@Nullable ServiceName name, CompletableFuture<Boolean> ours, long sinceNanos) {}

    Hosts(Mesh mesh, ConfiguredServices configured, ExcludedHosts excluded, Duration lookupLimit) {
        this.excluded = excluded;
        this.mesh = mesh;
        this.configured = configured;
        this.routes = new Routes(mesh, configured, Map.of());
        this.lookupLimit = lookupLimit;
    }

    /** The way to a pod; empty if the URL's host is not ours. */
    Optional<Route> route(URI uri) {
        String host = hostOf(uri);
        if (host == null) {
            return Optional.empty();
        }
        Host known = hosts.get(host);
        if (known == null) {
            known = meet(host, uri);
        }
        ServiceName name = known.name;
        return name != null && isOurs(known) ? Optional.of(routeTo(uri, name)) : Optional.empty();
    }

    /**
     * The same for those who must not wait: complete at once for a host that is known, else with the lookup's answer, or empty when its second is
     * over. Beginning a lookup may take a moment too, of which {@link #isSettled} warns.
     *
     * @return the caller's own
     */
    CompletableFuture<Optional<Route>> find(URI uri) {
        String host = hostOf(uri);
        Host known = host == null ? null : hosts.get(host);
        if (host != null && known == null) {
            known = meet(host, uri);
        }
        ServiceName name = known == null ? null : known.name;
        if (known == null || name == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<Route>> found =
                known.ours.thenApply(ours -> ours ? Optional.of(routeTo(uri, name)) : Optional.empty());
        if (!found.isDone()) {
            long left = lookupLimit.toNanos() - (mesh.engine().clock().nanoTime() - known.sinceNanos);
            Cancellable limit = mesh.engine()
                    .scheduler()
                    .schedule(() -> found.complete(Optional.empty()), Duration.ofNanos(Math.max(left, 0)));
            Object unused = found.whenComplete((route, error) -> limit.cancel());
        }
        return found;
    }

    /** True if {@link #find} answers at once and what it finds has begun: nothing is left to do that takes time. */
    boolean isSettled(URI uri) {
        String host = hostOf(uri);
        Host known = host == null ? null : hosts.get(host);
        if (host == null || known == null) {
            return host == null;
        }
        ServiceName name = known.name;
        boolean isNotOurs = name == null || (known.ours.isDone() && !known.ours.join());
        return isNotOurs
                || (name != null && known.ours.isDone() && routeTo(uri, name).isBegun());
    }

    /** True if the URL can be none of ours, whatever the cluster has. Asks nobody. */
    static boolean isOutside(URI uri) {
        return hostOf(uri) == null;
    }

    /** True if the URL's host was found to be ours before. Asks nobody. */
    boolean isKnownAsOurs(URI uri) {
        String host = hostOf(uri);
        Host known = host == null ? null : hosts.get(host);
        return known != null && known.name != null && known.ours.getNow(false);
    }

    /** The host in its one spelling, or null if it can be none of ours: by far most of the outside ones, and at no cost. */
    private static @Nullable String hostOf(URI uri) {
        String scheme = uri.getScheme();
        String host = uri.getHost();
        if (host == null || !("http".equalsIgnoreCase(scheme) || SECURE.equalsIgnoreCase(scheme))) {
            return null;
        }
        String lower = host.toLowerCase(Locale.ROOT);
        int labels = 1 + (int) lower.chars().filter(c -> c == '.').count();
        boolean outside = lower.startsWith("[") || (labels > 2 && !lower.contains(".svc"));
        return outside || lower.equals("localhost") || lower.equals("localhost.") ? null : lower;
    }

    private Host meet(String host, URI uri) {
        ServiceName name = excluded.contains(host) ? null : nameOf(host);
        long now = mesh.engine().clock().nanoTime();
        Host fresh = new Host(name, new CompletableFuture<>(), now);
        Host other = hosts.putIfAbsent(host, fresh);
        if (other != null) {
            return other;
        }
        if (name == null) {
            fresh.ours.complete(false);
        } else if (configured.contains(name) || name.isMarked()) {
            fresh.ours.complete(true);
        } else {
            lookUp(fresh, routeTo(uri, name));
        }
        return fresh;
    }

    private @Nullable ServiceName nameOf(String host) {
        try {
            return mesh.parse(host) instanceof ServiceTarget service ? service.name() : null;
        } catch (InvalidTargetException e) {
            return null; // The refusal is the answer: the host is no service's name.
        }
    }

    private void lookUp(Host host, Route route) {
        Route.Search search = route.search();
        search.answer().whenComplete((found, error) -> {
            String why = error == null ? whyNotOurs(found) : String.valueOf(error.getMessage());
            if (why != null) {
                log.info("{} is left to the HTTP client's own resolution from now on: {}", route.first(), why);
                route.close();
            }
            host.ours.complete(why == null);
        });
    }

    /** Null if it is ours: any other answer than these two speaks of a Service that exists. */
    private static @Nullable String whyNotOurs(LoadBalancer found) {
        Rejection rejection = found.snapshot().rejection();
        if (rejection == null) {
            return null;
        }
        boolean isNot = rejection.reason() == Reason.NOT_FOUND || rejection.reason() == Reason.FORBIDDEN;
        return isNot ? rejection.toString() : null;
    }

    /** Waits for the lookup's answer, until its second is over; from then on nobody waits, and the answer counts when it comes. */
    private boolean isOurs(Host host) {
        long left = lookupLimit.toNanos() - (mesh.engine().clock().nanoTime() - host.sinceNanos);
        if (!host.ours.isDone() && left <= 0) {
            return false;
        }
        try {
            return host.ours.get(Math.max(left, 0), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false; // Not known yet: the normal way, meanwhile.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a lookup never fails, it answers", e);
        }
    }

    private Route routeTo(URI uri, ServiceName name) {
        return routes.to(name, uri.getPort(), SECURE.equalsIgnoreCase(uri.getScheme()));
    }
}
