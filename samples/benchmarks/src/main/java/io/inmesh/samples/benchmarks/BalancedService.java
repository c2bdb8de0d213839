package io.inmesh.samples.benchmarks;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import io.inmesh.balancer.attempt.Attempts;
import java.time.Duration;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** A mesh with one service of n endpoints, as an application would have it, without a cluster. */
public final class BalancedService implements AutoCloseable {
    private static final String TARGET = "k8s:///orders.shop:http";

    private final Mesh mesh;
    private final LoadBalancer balancer;

    /** A service of that many endpoints of equal weight under that policy, ready to be picked from. */
    public BalancedService(String policy, int size) {
        this(policy, size, i -> 1);
    }

    /**
     * The same with unequal weights.
     *
     * @param policy the policy, and its settings joined by {@code &} as a target's query has them
     * @param weights the weight of each endpoint, by number
     */
    public BalancedService(String policy, int size, IntUnaryOperator weights) {
        this(Mesh.builder(), policy, size, weights);
    }

    /** The same in a mesh made by that builder, whose resolvers are set here. */
    public BalancedService(MeshBuilder builder, String policy, int size, IntUnaryOperator weights) {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        cluster.publish(
                TARGET,
                IntStream.range(0, size)
                        .mapToObj(i -> Endpoint.of("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255), 8080)
                                .withWeight(weights.applyAsInt(i)))
                        .toArray(Endpoint[]::new));
        mesh = builder.resolvers(cluster).build();
        balancer = mesh.service(TARGET + "?policy=" + policy);
        balancer.whenReady(Duration.ofSeconds(10)).toCompletableFuture().join();
    }

    /** Its balancer. */
    public LoadBalancer balancer() {
        return balancer;
    }

    /** Sends its calls, with repeats where they are safe. */
    public Attempts attempts() {
        return mesh.attempts(balancer);
    }

    @Override
    public void close() {
        balancer.close();
        mesh.close();
    }
}
