package io.inmesh.spring.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import java.time.Duration;
import java.util.Random;

/**
 * A cluster that a test plays, and the time in which its mesh lives. What is published is in use when {@link #publish} returns; time passes when
 * the test says so; chance is the same in every run. Nothing is asked of any API server, nothing sleeps, no thread is started.
 *
 * <p>Without Spring:
 *
 * <pre>{@code
 * FakeCluster cluster = new FakeCluster();
 * cluster.publish("orders.shop:http", Endpoint.of("127.0.0.1", 8081));
 * try (Mesh mesh = cluster.newMesh(); LoadBalancer orders = mesh.service("orders.shop:http")) {
 *     assertThat(orders.pick(PickContext.NONE)).isInstanceOf(Lease.class);
 * }
 * }</pre>
 *
 * <p>In a Spring application import {@link FakeClusterConfiguration} and inject the cluster.
 *
 * <p>Needs no test library. Threads: any; tasks of the mesh run on the thread that causes them.
 */
public final class FakeCluster {
    private static final long SEED = 42;

    private final FakeEndpoints endpoints = new FakeEndpoints("k8s");
    private final FakeClock clock = new FakeClock();

    /** Nothing is published yet. */
    public FakeCluster() {}

    /**
     * From now on the target has these endpoints, and no others.
     *
     * @param target as it is typed, with the port that is asked for: a URL without a port asks for 80 ({@code orders.shop:80}), then for the port
     *     named {@code http}
     */
    public void publish(String target, Endpoint... all) {
        endpoints.publish(target, all);
    }

    /** From now on this is said of the target instead of endpoints, such as that there is no such Service. */
    public void say(String target, Unresolved unresolved) {
        endpoints.say(target, unresolved);
    }

    /** Lets time pass: what is due on the way runs at its own moment, on this thread. */
    public void advance(Duration by) {
        clock.advance(by);
    }

    /** The mesh's clock and timers. */
    public FakeClock clock() {
        return clock;
    }

    /** How many watches are open: after closing everything, a test expects 0. */
    public int watches() {
        return endpoints.resolvers();
    }

    /** What resolves names of the cluster. */
    public ResolverProvider resolvers() {
        return endpoints;
    }

    /** Puts a mesh into this cluster's time and chance; its resolvers are given separately. */
    public MeshBuilder inFakeTime(MeshBuilder builder) {
        return builder.clock(clock).scheduler(new AtOnce()).random(new Random(SEED));
    }

    /** A mesh of this cluster, without Spring; the caller closes it. */
    public Mesh newMesh() {
        return inFakeTime(Mesh.builder().resolvers(endpoints)).build();
    }

    /** Runs tasks where they are given, and timers by the fake clock. */
    private final class AtOnce implements Scheduler {

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public Cancellable schedule(Runnable task, Duration delay) {
            return clock.schedule(task, delay);
        }

        @Override
        public void close() {
            // The clock is the test's.
        }
    }
}
