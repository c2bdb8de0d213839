package io.inmesh.samples.quickstart;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.ResolverProvider;
import io.inmesh.balancer.Mesh;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesConfig.Network;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Looks at one service, in a real cluster or the embedded one: who would be picked, and what changes. Sends nothing to any pod. */
final class ServiceLook {
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration REDRAW = Duration.ofMillis(250);

    /** Where a revision would stand, while no set is known. */
    private static final long NONE = Long.MIN_VALUE;

    private final Options options;
    private final String target;
    private final Screen screen;
    private final PickCounts counts = new PickCounts();

    ServiceLook(Options options, String target, Screen screen) {
        this.options = options;
        this.target = target;
        this.screen = screen;
    }

    /** True if every pick found an endpoint. */
    boolean run() throws InterruptedException {
        Path kubeconfig = options.kubeconfig();
        if (kubeconfig != null) {
            return lookThrough(new KubernetesResolverProvider(
                    KubernetesConfig.DEFAULT.withKubeconfig(kubeconfig).withNetwork(Network.INSIDE)));
        }
        if (System.getenv("KUBERNETES_SERVICE_HOST") != null) {
            return lookThrough(new KubernetesResolverProvider());
        }
        try (Cluster cluster = new Cluster()) {
            cluster.start(Script.PODS_AT_FIRST);
            return lookThrough(new KubernetesResolverProvider(cluster.config()));
        }
    }

    private boolean lookThrough(ResolverProvider provider) throws InterruptedException {
        try (provider;
                Mesh mesh = Meshes.of(options, provider);
                LoadBalancer balancer = balancer(mesh)) {
            screen.say("Looking at " + balancer.target() + " for "
                    + options.length().toSeconds() + " s, " + options.perSecond()
                    + " picks a second. Nothing is sent.");
            Meshes.awaitReady(balancer, mesh);
            look(balancer);
            screen.settle(counts.table(balancer.snapshot()));
            screen.say("");
            screen.say(counts.verdict());
            return counts.isGood();
        }
    }

    /** What a mesh refuses, it refuses in words for the user: a bad target or setting, a cluster that cannot be found. */
    private LoadBalancer balancer(Mesh mesh) {
        try {
            return mesh.service(target);
        } catch (IllegalArgumentException e) {
            throw new Refusal("--service: " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw new Refusal(String.valueOf(e.getMessage()), e);
        }
    }

    private void look(LoadBalancer balancer) throws InterruptedException {
        long start = System.nanoTime();
        long length = options.length().toNanos();
        long nextDrawing = 0;
        long shown = NONE;
        for (long elapsed = 0; elapsed < length; elapsed = System.nanoTime() - start) {
            long due = (long) (elapsed / 1e9 * options.perSecond());
            while (counts.picks() < due) {
                counts.count(balancer.pick(PickContext.NONE));
            }
            LoadBalancer.Snapshot now = balancer.snapshot();
            EndpointSet set = now.set();
            long revision = set == null ? NONE : set.revision();
            if (revision != shown) {
                shown = revision;
                screen.settle(counts.changed(now));
            }
            if (elapsed >= nextDrawing) {
                nextDrawing = elapsed + REDRAW.toNanos();
                screen.draw(counts.table(now));
            }
            TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        }
    }
}
