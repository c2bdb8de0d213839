package io.inmesh.samples.quickstart;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import io.inmesh.balancer.config.BalancerConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Meshes as the command line wants them; what they refuse becomes a text for the user. */
final class Meshes {
    private Meshes() {}

    /** A mesh that finds Kubernetes by that provider, and waits for it no longer than the run shall take. */
    static Mesh of(Options options, ResolverProvider kubernetes, BalancerObserver... observers) {
        Duration wait = options.length().compareTo(MeshBuilder.DEFAULT_STARTUP_WAIT) < 0
                ? options.length()
                : MeshBuilder.DEFAULT_STARTUP_WAIT;
        MeshBuilder builder = Mesh.builder().resolvers(kubernetes).startupWait(wait);
        for (BalancerObserver observer : observers) {
            builder.observer(observer);
        }
        String policy = options.policy();
        if (policy != null) {
            builder.defaults(Map.of(BalancerConfig.POLICY, policy));
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new Refusal("--policy: " + e.getMessage(), e);
        }
    }

    /** Waits until the balancer can pick; what keeps it from that ends the program. */
    static void awaitReady(LoadBalancer balancer, Mesh mesh) {
        try {
            balancer.whenReady(mesh.startupWait()).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RejectedException rejected) {
                throw new Refusal(rejected.rejection() + waited(rejected.rejection(), mesh), e);
            }
            throw e;
        }
    }

    private static String waited(Rejection rejection, Mesh mesh) {
        return rejection.reason() == Reason.NOT_SYNCED
                ? ". Gave up after " + mesh.startupWait().toSeconds() + " s"
                : "";
    }
}
