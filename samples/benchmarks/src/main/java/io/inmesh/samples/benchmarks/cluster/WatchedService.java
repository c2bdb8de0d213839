package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.Mesh;
import io.inmesh.resolver.kubernetes.TransportResolverProvider;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import io.inmesh.resolver.kubernetes.rule.ClientRules;
import io.inmesh.resolver.kubernetes.rule.HintUse;
import io.inmesh.resolver.kubernetes.rule.SourceChoice;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** The large service, balanced in a mesh that watches it over a {@link WireTransport}. */
final class WatchedService implements AutoCloseable {
    /** A client in a pod that follows every hint there may be. */
    static final ClientRules RULES = new ClientRules(
            new ClientPlace(
                    new Locality("ip-10-0-0-7.eu-central-1.compute.internal", "eu-central-1a"),
                    null,
                    null,
                    Set.of(AddressFamily.IPV4)),
            HintUse.NODES_AND_ZONES,
            HintUse.NONE,
            SourceChoice.AUTO,
            false,
            "cluster.local");

    private static final long LOOK_NANOS = 10_000;

    private final WireTransport api = new WireTransport();
    private final Semaphore told = new Semaphore(0);
    private final Mesh mesh;
    private final LoadBalancer balancer;
    private volatile long revision; // Of the set heard last. Written on the balancer's lane, read by who awaits.

    private final class Hearing implements BalancerObserver {
        @Override
        public void setChanged(Target target, EndpointSet set) {
            revision = set.revision();
        }

        @Override
        public void pickerPublished(Target target, String policy, int candidates) {
            told.release();
        }
    }

    /** Watched and ready to be picked from. */
    WatchedService(NanoClock clock, Scheduler scheduler) {
        ResolverProvider provider = new TransportResolverProvider(api, RULES);
        mesh = Mesh.builder()
                .resolvers(provider)
                .clock(clock)
                .scheduler(scheduler)
                .observer(new Hearing())
                .build();
        balancer = mesh.service(LargeService.TARGET);
        balancer.whenReady(Duration.ofSeconds(60)).toCompletableFuture().join();
        told.drainPermits();
    }

    /** Tells of a change and waits until requests are picked with it. */
    long changeAndAwaitPicker(byte[] line) {
        api.send(line);
        told.acquireUninterruptibly();
        EndpointSet inUse = balancer.snapshot().set();
        while (inUse == null || inUse.revision() != revision) { // The observer hears just before it is in use.
            LockSupport.parkNanos(
                    LOOK_NANOS); // Looking without a pause would keep a core from the lane, and fill the heap.
            inUse = balancer.snapshot().set();
        }
        return inUse.revision();
    }

    /** Tells of a change and waits for nothing. */
    void change(byte[] line) {
        api.send(line);
    }

    /** The set whose picker is in use. */
    EndpointSet inUse() {
        return Objects.requireNonNull(balancer.snapshot().set(), "set");
    }

    /** How many pickers were published since it was asked last. */
    int pickers() {
        return told.drainPermits();
    }

    @Override
    public void close() {
        balancer.close();
        mesh.close();
    }
}
