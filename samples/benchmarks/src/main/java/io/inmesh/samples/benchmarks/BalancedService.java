package io.inmesh.samples.benchmarks;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.stream.IntStream;

/** A mesh with one service of n endpoints, as an application would have it, without a cluster. */
public final class BalancedService implements AutoCloseable {
    private static final String TARGET = "k8s:///orders.shop:http";

    private final Mesh mesh;
    private final LoadBalancer balancer;

    /** A service of that many endpoints under that policy, ready to be picked from. */
    public BalancedService(String policy, int size) {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        cluster.publish(
                TARGET,
                IntStream.range(0, size)
                        .mapToObj(i -> Endpoint.of("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255), 8080))
                        .toArray(Endpoint[]::new));
        mesh = Mesh.builder().resolvers(cluster).build();
        balancer = mesh.service(TARGET + "?policy=" + policy);
        balancer.whenReady(Duration.ofSeconds(10)).toCompletableFuture().join();
    }

    /** Its balancer. */
    public LoadBalancer balancer() {
        return balancer;
    }

    @Override
    public void close() {
        balancer.close();
        mesh.close();
    }
}
