package io.inmesh.spring;

import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import java.util.HashMap;
import java.util.Map;

/**
 * The balancers that were injected into this context's beans, one for each target, so that they end with the context.
 *
 * <p>Threads: any; beans may be created on several.
 */
final class MeshServices implements AutoCloseable {
    private final Mesh mesh;

    /** By target as written. Guarded by itself. */
    private final Map<String, LoadBalancer> balancers = new HashMap<>();

    MeshServices(Mesh mesh) {
        this.mesh = mesh;
    }

    /**
     * The balancer of a target.
     *
     * @throws IllegalArgumentException if the target is malformed, or names something unknown
     */
    LoadBalancer named(String target) {
        synchronized (balancers) {
            return balancers.computeIfAbsent(target, mesh::service);
        }
    }

    @Override
    public void close() {
        synchronized (balancers) {
            balancers.values().forEach(LoadBalancer::close);
            balancers.clear();
        }
    }
}
