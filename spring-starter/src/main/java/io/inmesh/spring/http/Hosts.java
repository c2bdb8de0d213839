package io.inmesh.spring.http;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceName;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.balancer.Mesh;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which URLs are the mesh's, and remembers. A host is ours if it is configured, or says {@code svc} where cluster names do, or if
 * its Service was found by one lookup, for which the first request waits one second at most; and not if it is excluded. Everything else goes the way it would go without inmesh.
 *
 * <p>Threads: any. Only {@link #route} waits, once for a host; {@link #find} is for those who must not.
 */
public final class Hosts {
    /** A request for a host that turns out not to be ours pays no more than this, once (design section 5). */
    static final Duration LOOKUP_LIMIT = Duration.ofSeconds(1);

    /** So long the answer to a lookup that failed, for want of a kubeconfig say, is that the host is not ours: trying costs each time. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Hosts.class);
    private static final String SECURE = "https";

    private final Mesh mesh;
    private final ConfiguredServices configured;
    private final ExcludedHosts excluded;
    private final Duration lookupLimit;

    /**
     * By host. Kept for the mesh's life: a host once found stays ours, and one that was not found is not asked for again. One for which nobody could be
     * asked is forgotten after {@link #ASK_AGAIN}.
     */
    private final Map<String, Host> hosts = new ConcurrentHashMap<>();

    /** Hosts of which the log says that nobody could be asked, once. Written by whoever begins a lookup. */
    private final Set<String> unasked = ConcurrentHashMap.newKeySet();

    private final Routes routes;

    /** A host's name, by what it is looked up if it has to be, whether it is ours, and whether nobody could be asked: null name if it can be no service's. */
    private record Host(
            @Nullable ServiceName name,
            @Nullable Route lookup,
            CompletableFuture<Boolean> ours,
            AtomicBoolean unanswered,
            long sinceNanos) {}

    Hosts(Mesh mesh, ConfiguredServices configured, ExcludedHosts excluded, Duration lookupLimit) {
        this.excluded = excluded;
        this.mesh = mesh;
        this.configured = configured;
        this.routes = new Routes(mesh, configured, Map.of());
        this.lookupLimit = lookupLimit;
    }

    /** The way to a pod; empty if the URL's host is not ours. */
    public Optional<Route> route(URI uri) {
        String host = hostOf(uri);
        if (host == null) {
            return Optional.empty();
        }
        Host known = known(host);
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
    public CompletableFuture<Optional<Route>> find(URI uri) {
        String host = hostOf(uri);
        Host known = host == null ? null : known(host);
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
    public boolean isSettled(URI uri) {
        String host = hostOf(uri);
        Host known = host == null ? null : known(host);
        if (host == null || known == null) {
            return host == null;
        }
        ServiceName name = known.name;
        boolean isNotOurs = name == null || (known.ours.isDone() && !known.ours.join());
        return isNotOurs
                || (name != null && known.ours.isDone() && routeTo(uri, name).isBegun());
    }

    /** True if the URL can be none of ours, whatever the cluster has. Asks nobody. */
    public static boolean isOutside(URI uri) {
        return hostOf(uri) == null;
    }

    /** True if the URL's host was found to be ours before. Asks nobody. */
    public boolean isKnownAsOurs(URI uri) {
        String host = hostOf(uri);
        Host known = host == null ? null : known(host);
        return known != null && known.name != null && known.ours.getNow(false);
    }

    /** True while that very target is asked for to find out whether a host is ours. Another port of its name is somebody's wish. */
    boolean isLookedUp(Target target) {
        return hosts.values().stream()
                .anyMatch(host -> host.lookup != null && !host.ours.isDone() && host.lookup.isAsking(target));
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

    private @Nullable Host known(String host) {
        Host known = hosts.get(host);
        boolean isOutdated = known != null
                && known.unanswered.get()
                && mesh.engine().clock().nanoTime() - known.sinceNanos >= ASK_AGAIN.toNanos();
        if (!isOutdated) {
            return known;
        }
        hosts.remove(host, known);
        return null;
    }

    private Host meet(String host, URI uri) {
        ServiceName said = excluded.contains(host) ? null : nameOf(host);
        ServiceName name = said == null || excluded.contains(said) ? null : said;
        long now = mesh.engine().clock().nanoTime();
        boolean isSaid = name != null && (configured.contains(name) || name.isMarked());
        Route lookup = name == null || isSaid ? null : routeTo(uri, name);
        Host fresh = new Host(name, lookup, new CompletableFuture<>(), new AtomicBoolean(), now);
        Host other = hosts.putIfAbsent(host, fresh);
        if (other != null) {
            return other;
        }
        if (lookup == null) {
            fresh.ours.complete(isSaid);
        } else {
            lookUp(host, fresh, lookup);
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

    private void lookUp(String name, Host host, Route route) {
        Route.Search search = route.search();
        search.answer().whenComplete((found, error) -> {
            if (error != null) {
                couldNotAsk(name, host, route, error);
                return;
            }
            String why = whyNotOurs(found);
            if (why != null) {
                log.info("{} is left to the HTTP client's own resolution from now on: {}", route.first(), why);
                route.close();
            }
            host.ours.complete(why == null);
        });
    }

    /** An error is no answer, and no reason to leave the mesh out for ever. */
    private void couldNotAsk(String name, Host host, Route route, Throwable error) {
        route.close();
        host.unanswered.set(true);
        if (unasked.add(name)) {
            log.warn(
                    "{} is left to the HTTP client's own resolution until it can be asked for: {}",
                    route.first(),
                    String.valueOf(error.getMessage()));
        }
        host.ours.complete(false);
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
