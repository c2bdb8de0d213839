package io.inmesh.spring.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import java.time.Duration;
import java.util.Random;

/**
 * A cluster that a test plays, and the time in which its mesh lives. What is published is in use when {@link #publish} returns; chance is the same in
 * every run. Nothing is asked of any API server, and nothing sleeps.
 *
 * <p>Time passes when the test says so, by {@link #advance}, and by itself where somebody waits who could not go on otherwise: when a request pauses
 * before it is sent again, when a delay was injected, and when a mesh closes whose requests still run. The clock then moves on by that pause, with all
 * that is due on the way. Limits do not pass by themselves, for what they limit takes real time: for a {@code retry.timeout}, {@code hedge.delay} or
 * deadline to pass, send the request on another thread and advance the clock.
 *
 * <p>What is not published is answered at once, as by a cluster that has what was published and nothing more: there is no such Service, or it has no
 * such port. As in production, an HTTP client that was once told that a host is no Service leaves it to DNS from then on: publish first.
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
 * <p>Needs no test library. Threads: any; tasks of the mesh run on the thread that causes them, and after a pause on one that ends with it.
 */
public final class FakeCluster {
    private static final long SEED = 42;

    private final PlayedServices services = new PlayedServices();
    private final FakeClock clock = new FakeClock();
    private final Object pausing = new Object();

    /** Nothing is published yet. */
    public FakeCluster() {}

    /**
     * From now on the target has these endpoints, and no others.
     *
     * @param target a service and one of its ports, in any spelling: a URL without a port goes to port 80 ({@code orders.shop:80}) if that is published,
     *     else to the one named {@code http}, else to the only one
     */
    public void publish(String target, Endpoint... all) {
        services.publish(target, all);
    }

    /** From now on this is said of the target instead of endpoints, such as that there is no such Service. */
    public void say(String target, Unresolved unresolved) {
        services.say(target, unresolved);
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
        return services.resolvers();
    }

    /** What resolves names of the cluster. */
    public ResolverProvider resolvers() {
        return services;
    }

    /** Puts a mesh into this cluster's time and chance; its resolvers are given separately. */
    public MeshBuilder inFakeTime(MeshBuilder builder) {
        return builder.clock(clock).scheduler(new AtOnce()).random(new Random(SEED));
    }

    /** A mesh of this cluster, without Spring; the caller closes it. */
    public Mesh newMesh() {
        return inFakeTime(Mesh.builder().resolvers(services)).build();
    }

    /** Runs tasks where they are given, and timers by the fake clock; a pause moves the clock. */
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
        public Cancellable pause(Runnable then, Duration delay) {
            Pause pause = new Pause(then, delay, clock, pausing);
            Thread passing =
                    new Thread(pause, "fake-cluster-pause"); // Whoever pauses may hold locks, or block in a moment.
            passing.setDaemon(true);
            passing.start();
            return pause;
        }

        @Override
        public void close() {
            // The clock is the test's.
        }
    }
}
