package io.inmesh.samples.doors;

import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.micrometer.MeshMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;

/** What a mesh does, in a registry of Micrometer. */
final class Metered {
    private Metered() {}

    private static Mesh meteredMesh(MeterRegistry registry) {
        MeshMeters meters = new MeshMeters(registry);
        Mesh mesh = Mesh.builder().observer(meters).build();
        meters.readInFlight(mesh);
        return mesh;
    }

    /** Prints every meter of a service that has become known. */
    public static void main(String[] args) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Mesh mesh = meteredMesh(registry);
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            orders.whenReady(Duration.ofSeconds(5)).toCompletableFuture().join();
            System.out.println(registry.getMetersAsString());
        }
    }
}
