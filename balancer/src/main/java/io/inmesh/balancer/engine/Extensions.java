package io.inmesh.balancer.engine;

import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.guard.Guard;
import io.inmesh.balancer.guard.Guard.Demand;
import io.inmesh.balancer.health.HealthSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What adapters and rooms above add to a mesh. Immutable.
 *
 * @param health sources of health besides outlier detection
 * @param guard what stands before the requests of services, or null if nothing can
 */
public record Extensions(
        List<HealthSource.Demand> health, @Nullable Demand guard) {

    /** Nothing. */
    public static final Extensions NONE = new Extensions(List.of(), null);

    /** Copies the list. */
    public Extensions {
        health = List.copyOf(health);
    }

    /** The same with another source of health. */
    public Extensions withHealth(HealthSource.Demand demand) {
        List<HealthSource.Demand> more = new ArrayList<>(health);
        more.add(demand);
        return new Extensions(more, guard);
    }

    /** The same with something that stands before the requests of services; there is one at most. */
    public Extensions withGuard(Demand demand) {
        if (guard != null) {
            throw new IllegalStateException("guard: " + demand + " besides " + guard + " (expected: one for a mesh)");
        }
        return new Extensions(health, demand);
    }

    /**
     * Refuses a configuration that asks for what is not here.
     *
     * @throws IllegalArgumentException with key, value and what is expected
     */
    void check(BalancerConfig config) {
        String named = config.resilience4j().firstNamed();
        if (guard != null) {
            guard.check(config);
        } else if (named != null) {
            throw new IllegalArgumentException(
                    named
                            + " (expected: nothing, unless the mesh has registries: Resilience4j.with(...).addTo(Mesh.builder()), or in Spring a bean of each registry that is meant)");
        }
        health.forEach(demand -> demand.check(config));
    }

    /** Who stands before that service port, or null. */
    public @Nullable Guard guardOf(BalancerConfig config, ServiceKey key) {
        return guard == null ? null : guard.of(config, key);
    }
}
