package io.inmesh.spring.actuate;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.WatchAge;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the services in use can be reached, and by what is known of them.
 *
 * <ul>
 *   <li>{@code UP}: each has an endpoint to give, and has been heard from lately. So is a mesh that nobody uses yet.
 *   <li>{@code UNKNOWN}: one has none (empty, not found, never heard from ...), or what is known of it is old. Details name it and say why. As
 *       Boot aggregates, this leaves the application {@code UP} and the answer 200: an application that restarts because one of its
 *       dependencies is missing helps nobody, and calls to the others go on.
 *   <li>{@code DOWN}: one that was declared required is in use and has no endpoint. Age alone never is a reason: calls go on with what was
 *       known.
 * </ul>
 *
 * <p>A host of which nobody knows yet whether it is a service is no service in use.
 *
 * <p>It is in no health group by itself; {@code management.endpoint.health.group.readiness.include=readinessState,inmesh} makes it part of
 * readiness.
 *
 * <p>Threads: any.
 */
public final class MeshHealthIndicator extends AbstractHealthIndicator {
    /** Stands for all services in use. */
    public static final String EVERY = "*";

    private static final Logger log = LoggerFactory.getLogger(MeshHealthIndicator.class);

    private final Mesh mesh;
    private final Duration staleAfter;
    private final List<String> required;
    private final Predicate<Target> isLookedUp;
    private final long sinceNanos;

    /** Required names that no service in use had so far; the log speaks of each once. Changed by whoever looks first. */
    private final Set<String> unmet;

    /**
     * Looks at that mesh.
     *
     * @param staleAfter after how long without a sign of life a watch counts as old
     * @param required names of services without which the application cannot work; {@link #EVERY} for all in use
     * @param isLookedUp true for what is asked for only to find out whether there is such a service: no part of health, unless its name is required
     */
    public MeshHealthIndicator(Mesh mesh, Duration staleAfter, List<String> required, Predicate<Target> isLookedUp) {
        super("the mesh could not be looked at");
        this.mesh = mesh;
        this.staleAfter = staleAfter;
        this.required = List.copyOf(required);
        this.isLookedUp = isLookedUp;
        this.sinceNanos = mesh.engine().clock().nanoTime();
        this.unmet = ConcurrentHashMap.newKeySet();
        unmet.addAll(required);
        unmet.remove(EVERY);
    }

    /** Channels are never lookups, whatever target they share with one. */
    private List<LoadBalancer.Snapshot> inUse() {
        Stream<LoadBalancer.Snapshot> balancers = mesh.balancerSnapshots().stream()
                .filter(snapshot -> isRequiredByName(snapshot) || !isLookedUp.test(snapshot.target()));
        return Stream.concat(mesh.engine().views().snapshots().stream(), balancers)
                .toList();
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Map<String, String> troubled = new TreeMap<>();
        boolean down = false;
        List<LoadBalancer.Snapshot> snapshots = inUse();
        for (LoadBalancer.Snapshot snapshot : snapshots) {
            Rejection rejection = snapshot.rejection();
            String trouble = rejection == null ? stale(snapshot) : rejection.toString();
            if (trouble != null) {
                troubled.put(snapshot.target().toString(), trouble);
            }
            down |= rejection != null && (required.contains(EVERY) || isRequiredByName(snapshot));
        }
        if (down) {
            builder.down();
        } else if (troubled.isEmpty()) {
            builder.up();
        } else {
            builder.unknown();
        }
        builder.withDetail("services", snapshots.size());
        if (!troubled.isEmpty()) {
            builder.withDetail("troubled", troubled);
        }
        List<String> missed = required.stream()
                .filter(name -> !name.equals(EVERY) && !isMet(name, snapshots))
                .toList();
        if (!missed.isEmpty()) {
            builder.withDetail("required but not in use", missed);
        }
        warnOfUnmet(snapshots);
    }

    private boolean isRequiredByName(LoadBalancer.Snapshot snapshot) {
        return required.stream().anyMatch(name -> ServiceNames.means(name, snapshot));
    }

    private static boolean isMet(String name, List<LoadBalancer.Snapshot> snapshots) {
        return snapshots.stream().anyMatch(snapshot -> ServiceNames.means(name, snapshot));
    }

    /** A name that is misspelt is never in use: once the application has run for a while, somebody should hear of it. */
    private void warnOfUnmet(List<LoadBalancer.Snapshot> snapshots) {
        unmet.removeIf(name -> isMet(name, snapshots));
        if (mesh.engine().clock().nanoTime() - sinceNanos < staleAfter.toNanos()) {
            return;
        }
        for (String name : required) {
            if (unmet.remove(name)) { // By one of those who look at the same time.
                log.warn(
                        "inmesh.health.required: no service named '{}' has been in use since start, so it is no part of health (expected: a service that this"
                                + " application calls; in use: {})",
                        name,
                        snapshots.stream().map(LoadBalancer.Snapshot::target).toList());
            }
        }
    }

    private @Nullable String stale(LoadBalancer.Snapshot snapshot) {
        EndpointSet set = snapshot.set();
        if (set != null && set.stale()) {
            return "stale: kept from an earlier start, its source has not been heard since";
        }
        return snapshot.ages().stream()
                .filter(age -> age.age().compareTo(staleAfter) > 0)
                .max(Comparator.comparing(WatchAge::age))
                .map(age -> "stale: nothing was heard of " + age.watch() + " for "
                        + age.age().toSeconds() + " s")
                .orElse(null);
    }
}
