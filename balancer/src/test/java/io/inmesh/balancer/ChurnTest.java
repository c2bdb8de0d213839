package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sets that change while requests run, on the mesh's own threads and clock. */
@Timeout(120)
class ChurnTest {
    private static final String TARGET = "orders.shop:http";
    private static final long SEED = 20_260_118L;

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final AtomicLong completed = new AtomicLong();

    private Mesh mesh() {
        return Mesh.builder()
                .resolvers(cluster)
                .observer(new BalancerObserver() {
                    @Override
                    public boolean readsLatency() {
                        return true;
                    }

                    @Override
                    public void completed(
                            io.inmesh.api.Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                        completed.incrementAndGet();
                    }
                })
                .build();
    }

    private static Endpoint pod(int number) {
        return TestEndpoints.endpoint(number).withId("pod-" + number);
    }

    @Test
    void on_its_own_threads_it_becomes_ready_picks_and_closes() throws Exception {
        Mesh mesh = mesh();
        LoadBalancer orders = mesh.service(TARGET);
        CompletableFuture<LoadBalancer> ready =
                orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture();
        cluster.publish(TARGET, pod(1), pod(2));
        assertThat(ready.get(30, TimeUnit.SECONDS)).isSameAs(orders);
        try (Lease lease = (Lease) orders.pick(PickContext.NONE)) {
            assertThat(lease.endpoint()).isIn(pod(1), pod(2));
            lease.complete(Outcome.SUCCESS);
        }
        CompletableFuture<LoadBalancer> waiting =
                mesh.service("payments.shop").whenReady(Duration.ofSeconds(30)).toCompletableFuture();
        mesh.close();
        // Whoever waited hears of it, though the mesh's threads end right behind; and whoever asks later too.
        assertThat(refusalOf(waiting)).isEqualTo(Reason.CLOSED);
        assertThat(refusalOf(orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture()))
                .isEqualTo(Reason.CLOSED);
        assertThat(orders.choose(PickContext.NONE)).isInstanceOf(Rejection.class);
        assertThat(cluster.resolvers()).isZero();
        assertThat(mesh.engine().states().size()).isZero();
    }

    private static Reason refusalOf(CompletableFuture<LoadBalancer> future) throws Exception {
        try {
            future.orTimeout(30, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RejectedException rejected) {
                return rejected.rejection().reason();
            }
            throw e;
        }
        throw new AssertionError("it became ready");
    }

    @Test
    void nobody_waits_for_ever_whenever_a_mesh_is_closed() throws Exception {
        for (int round = 0; round < 300; round++) {
            Mesh mesh = mesh();
            LoadBalancer orders = mesh.service(TARGET);
            List<CompletableFuture<LoadBalancer>> waiting = new ArrayList<>();
            Together.run(3, thread -> {
                if (thread == 0) {
                    mesh.close();
                    return;
                }
                for (int i = 0; i < 5; i++) {
                    CompletableFuture<LoadBalancer> each =
                            orders.whenReady(Duration.ofHours(1)).toCompletableFuture();
                    synchronized (waiting) {
                        waiting.add(each);
                    }
                }
            });
            for (CompletableFuture<LoadBalancer> each : waiting) {
                assertThat(refusalOf(each)).as("round %d", round).isEqualTo(Reason.CLOSED);
            }
        }
    }

    /**
     * No pick may go to an endpoint that had left before the pick began. "Had left" is what this thread can know: the lane tells the
     * observer of a picker it is about to publish, so that is too early; a snapshot without the endpoint is read from the same
     * reference that picks read, so whoever has seen it (the volatile write to {@code gone} comes after it, the requests' read of
     * {@code gone} before their pick) must not get that endpoint again. Ids are never used twice.
     */
    @Test
    void no_pick_goes_to_an_endpoint_that_had_left_before_it_began() throws Exception {
        Mesh mesh = mesh();
        LoadBalancer orders = mesh.service(TARGET);
        Set<String> gone = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong picks = new AtomicLong();
        cluster.publish(TARGET, pod(0), pod(1), pod(2));
        orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().get(30, TimeUnit.SECONDS);
        Together.run(4, thread -> {
            if (thread == 0) {
                replaceOneByOne(orders, gone);
                over.set(true);
                return;
            }
            Queue<Lease> running = new ArrayDeque<>();
            SplittableRandom random = new SplittableRandom(SEED + thread);
            while (!over.get()) {
                Set<String> goneBefore = Set.copyOf(gone);
                for (int i = 0; i < 50; i++) {
                    Lease lease = (Lease) orders.pick(PickContext.NONE);
                    assertThat(goneBefore).doesNotContain(lease.endpoint().id());
                    picks.incrementAndGet();
                    running.add(lease);
                    if (running.size() > 20) {
                        running.remove().complete(random.nextBoolean() ? Outcome.SUCCESS : Outcome.TIMEOUT);
                    }
                }
            }
            running.forEach(Lease::close);
        });
        assertThat(picks.get()).isPositive();
        assertThat(completed).hasValue(picks.get());
        assertThat(orders.snapshot().endpoints()).allMatch(endpoint -> endpoint.inFlight() == 0);
        assertNothingLeft(mesh);
    }

    private void replaceOneByOne(LoadBalancer orders, Set<String> gone) {
        for (int revision = 1; revision <= 2_000; revision++) {
            List<Endpoint> endpoints = List.of(pod(revision), pod(revision + 1), pod(revision + 2));
            String leaver = pod(revision - 1).id();
            cluster.publish(TARGET, factsOf(revision), endpoints);
            while (orders.snapshot().endpoints().stream()
                    .anyMatch(endpoint -> endpoint.endpoint().id().equals(leaver))) {
                Thread.onSpinWait();
            }
            gone.add(leaver);
            gone.remove(pod(revision - 50).id()); // Never used again; keeps the copies small.
        }
    }

    private static ServiceFacts factsOf(int revision) {
        List<String> policies = List.of("round-robin", "random", "power-of-two");
        return FakeMesh.annotated(policies.get(revision / 10 % policies.size()));
    }

    @Test
    void whatever_a_source_says_while_requests_run_nothing_breaks_and_nothing_stays_in_flight() throws Exception {
        Mesh mesh = mesh();
        LoadBalancer orders = mesh.service(TARGET);
        Set<EndpointView> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch answered = new CountDownLatch(1);
        Together.run(5, thread -> {
            if (thread == 0) {
                speak(over, answered);
                return;
            }
            if (thread == 1) {
                openAndClose(mesh, over);
                return;
            }
            requests(orders, seen, over, answered, new SplittableRandom(SEED + thread));
        });
        assertThat(seen).isNotEmpty().allMatch(endpoint -> endpoint.inFlight() == 0);
        assertNothingLeft(mesh);
    }

    private void speak(AtomicBoolean over, CountDownLatch answered) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 10_000 || !answered.await(0, TimeUnit.SECONDS); i++) {
            int kind = random.nextInt(10);
            if (kind == 0) {
                cluster.say(TARGET, new Unresolved(Reason.NOT_FOUND, "gone"));
            } else if (kind == 1) {
                cluster.say(TARGET, new Unresolved(Reason.NOT_SYNCED, "down"));
            } else {
                List<Endpoint> endpoints = new ArrayList<>();
                for (int pod = 0; pod < 12; pod++) {
                    switch (random.nextInt(6)) {
                        case 0 -> endpoints.add(pod(pod).withUsability(new Usability.Draining("terminating")));
                        case 1 -> endpoints.add(pod(pod).withWeight(random.nextInt(4)));
                        case 2, 3 -> endpoints.add(pod(pod));
                        default -> {
                            // Not there this time.
                        }
                    }
                }
                cluster.publish(TARGET, factsOf(i), endpoints);
            }
        }
        over.set(true);
    }

    private static void openAndClose(Mesh mesh, AtomicBoolean over) {
        while (!over.get()) {
            try (LoadBalancer other = mesh.service(TARGET + "?policy=rr")) {
                if (other.pick(PickContext.NONE) instanceof Lease lease) {
                    lease.close();
                }
            }
        }
    }

    private static void requests(
            LoadBalancer orders,
            Set<EndpointView> seen,
            AtomicBoolean over,
            CountDownLatch answered,
            SplittableRandom random) {
        Queue<Lease> running = new ArrayDeque<>();
        while (!over.get()) {
            Choice choice = orders.choose(PickContext.NONE);
            if (choice instanceof EndpointView endpoint) {
                assertThat(endpoint.endpoint().id()).startsWith("pod-");
                seen.add(endpoint);
                running.add(endpoint.begin());
                answered.countDown();
            } else {
                assertThat(((Rejection) choice).reason())
                        .isIn(Reason.NOT_SYNCED, Reason.NOT_FOUND, Reason.NO_ENDPOINTS);
            }
            while (running.size() > random.nextInt(20)) {
                running.remove().complete(Outcome.SUCCESS);
            }
        }
        running.forEach(Lease::close);
    }

    private void assertNothingLeft(Mesh mesh) throws Exception {
        // Closed by its last user, so that the lane's end can be waited for: the waiter is told behind everything else.
        CompletableFuture<LoadBalancer> waiting =
                mesh.service("last.shop").whenReady(Duration.ofSeconds(30)).toCompletableFuture();
        mesh.close();
        assertThat(refusalOf(waiting)).isEqualTo(Reason.CLOSED);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (mesh.engine().states().size() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(mesh.engine().states().size()).isZero();
        assertThat(cluster.resolvers()).isZero();
    }
}
