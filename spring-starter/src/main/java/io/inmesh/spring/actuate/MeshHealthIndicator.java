package io.inmesh.spring.actuate;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Rejection;
import io.inmesh.api.WatchAge;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
 * <p>It is in no health group by itself; {@code management.endpoint.health.group.readiness.include=readinessState,inmesh} makes it part of
 * readiness.
 *
 * <p>Threads: any.
 */
public final class MeshHealthIndicator extends AbstractHealthIndicator {
    private static final String EVERY = "*";

    private final Mesh mesh;
    private final Duration staleAfter;
    private final List<String> required;

    /**
     * Looks at that mesh.
     *
     * @param staleAfter after how long without a sign of life a watch counts as old
     * @param required names of services without which the application cannot work; {@code *} for all in use
     */
    public MeshHealthIndicator(Mesh mesh, Duration staleAfter, List<String> required) {
        super("the mesh could not be looked at");
        this.mesh = mesh;
        this.staleAfter = staleAfter;
        this.required = List.copyOf(required);
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Map<String, String> troubled = new TreeMap<>();
        boolean down = false;
        List<LoadBalancer.Snapshot> snapshots = mesh.snapshots();
        for (LoadBalancer.Snapshot snapshot : snapshots) {
            Rejection rejection = snapshot.rejection();
            String trouble = rejection == null ? stale(snapshot) : rejection.toString();
            if (trouble != null) {
                troubled.put(snapshot.target().toString(), trouble);
            }
            down |= rejection != null && isRequired(snapshot);
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
    }

    private boolean isRequired(LoadBalancer.Snapshot snapshot) {
        return required.stream().anyMatch(name -> name.equals(EVERY) || ServiceNames.means(name, snapshot));
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
