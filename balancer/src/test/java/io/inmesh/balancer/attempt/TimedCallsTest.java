package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import io.inmesh.balancer.testing.TestEndpoints;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that block, where attempts can be given up: on real threads and a real clock, waiting for what must happen and for no time. */
class TimedCallsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Endpoint HUNG = TestEndpoints.endpoint(0);

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final List<Mesh> meshes = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        meshes.forEach(Mesh::close);
    }

    /** Whoever is sent to {@link #HUNG} waits until the connection is closed; all others answer with their address. */
    private static class Hanging implements Exchange<String, IOException> {
        final Map<Lease, CountDownLatch> connections = new ConcurrentHashMap<>();
        final List<Thread> threads = new CopyOnWriteArrayList<>();
        final AtomicInteger interrupted = new AtomicInteger();
        final AtomicInteger cancelled = new AtomicInteger();
        final List<String> discarded = new CopyOnWriteArrayList<>();

        /** Whether an attempt that was given up answers all the same. */
        volatile boolean stubborn;

        @Override
        public String send(Lease lease) throws IOException {
            threads.add(Thread.currentThread());
            if (!lease.endpoint().equals(HUNG)) {
                return lease.endpoint().address();
            }
            CountDownLatch connection = connections.computeIfAbsent(lease, same -> new CountDownLatch(1));
            boolean again = true;
            while (again) {
                try {
                    again = !connection.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                }
            }
            if (stubborn) {
                return "too late";
            }
            throw new IOException("the connection was closed");
        }

        @Override
        public void cancel(Lease lease) {
            cancelled.incrementAndGet();
            connections.computeIfAbsent(lease, same -> new CountDownLatch(1)).countDown();
        }

        @Override
        public Outcome outcomeOf(String answer) {
            return Outcome.SUCCESS;
        }

        @Override
        public Outcome outcomeOf(Exception error) {
            return Outcome.failure(Origin.LOCAL, Delivery.SENT);
        }

        @Override
        public void discard(String answer) {
            discarded.add(answer);
        }

        @Override
        public IOException failure(Exception reason) {
            IOException told = reason instanceof InterruptedException
                    ? new InterruptedIOException("interrupted")
                    : new IOException(reason.getMessage(), reason);
            return told;
        }
    }

    private LoadBalancer orders(MeshBuilder builder, int endpoints, String... settings) {
        Map<String, String> told = new HashMap<>(Map.of("policy", "round-robin"));
        for (int i = 0; i < settings.length; i += 2) {
            told.put(settings[i], settings[i + 1]);
        }
        Mesh mesh = builder.resolvers(cluster).defaults(told).build();
        meshes.add(mesh);
        cluster.publish("orders.shop:http", TestEndpoints.endpoints(endpoints));
        LoadBalancer orders = mesh.service("orders.shop:http");
        orders.whenReady(LIMIT).toCompletableFuture().join();
        return orders;
    }

    private Attempts attempts(LoadBalancer orders) {
        return meshes.get(0).attempts(orders);
    }

    private static void assertNothingRuns(LoadBalancer orders) {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        orders.snapshot().endpoints())
                .extracting(EndpointView::inFlight)
                .containsOnly(0));
    }

    @Test
    void what_is_neither_timed_nor_hedged_runs_on_its_callers_thread() throws IOException {
        LoadBalancer orders = orders(Mesh.builder(), 2, "hedge.delay", "1s");
        Hanging exchange = new Hanging();
        cluster.publish("orders.shop:http", TestEndpoints.endpoint(1));
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> orders.snapshot().endpoints().size() == 1);
        attempts(orders).call(PickContext.NONE, Safety.UNSAFE, exchange);
        assertThat(exchange.threads).containsExactly(Thread.currentThread());
    }

    @Test
    void an_attempt_that_takes_too_long_is_taken_back_and_the_request_goes_elsewhere() {
        LoadBalancer orders = orders(Mesh.builder(), 3, "retry.timeout", "100ms", "eject.enabled", "false");
        Hanging exchange = new Hanging();
        // More than once, since a thread may begin so late that its attempt is over.
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, exchange))
                    .isNotEqualTo(HUNG.address());
            assertThat(exchange.cancelled).as("by the exchange itself").hasPositiveValue();
            assertThat(exchange.interrupted).hasPositiveValue();
        });
        assertNothingRuns(orders);
    }

    @Test
    void attempts_run_on_virtual_threads_where_there_are_any_and_on_daemons_elsewhere() throws Exception {
        LoadBalancer orders = orders(Mesh.builder(), 3, "retry.timeout", "10s");
        cluster.publish("orders.shop:http", TestEndpoints.endpoint(1));
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> orders.snapshot().endpoints().size() == 1);
        Hanging exchange = new Hanging();
        attempts(orders).call(PickContext.NONE, Safety.UNSAFE, exchange);
        Thread thread = exchange.threads.get(0);
        assertThat(thread).isNotSameAs(Thread.currentThread());
        assertThat(thread.getName()).startsWith("inmesh-attempt-");
        assertThat(thread.isDaemon()).isTrue();
        if (Runtime.version().feature() >= 21) {
            assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
        }
    }

    @Test
    void they_run_where_the_builder_was_told() throws IOException {
        AtomicInteger runs = new AtomicInteger();
        LoadBalancer orders = orders(
                Mesh.builder().blocking(attempt -> {
                    runs.incrementAndGet();
                    attempt.run();
                }),
                2,
                "retry.timeout",
                "10s");
        cluster.publish("orders.shop:http", TestEndpoints.endpoint(1));
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> orders.snapshot().endpoints().size() == 1);
        attempts(orders).call(PickContext.NONE, Safety.UNSAFE, new Hanging());
        assertThat(runs).hasValue(1);
    }

    @Test
    void a_slow_one_is_hedged_and_the_loser_taken_back() throws IOException {
        LoadBalancer orders = orders(Mesh.builder(), 2, "hedge.delay", "50ms", "hedge.percent", "100");
        Hanging exchange = new Hanging();
        for (int i = 0; i < 4; i++) {
            assertThat(attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, exchange))
                    .isEqualTo(TestEndpoints.endpoint(1).address());
        }
        assertThat(exchange.cancelled.get()).isPositive();
        assertNothingRuns(orders);
    }

    @Test
    void the_deadline_of_a_call_ends_it_with_the_exchanges_exception() {
        LoadBalancer orders = orders(Mesh.builder(), 1);
        Hanging exchange = new Hanging();
        Attempts hurried = attempts(orders).within(Duration.ofMillis(100));
        assertThatThrownBy(() -> hurried.call(PickContext.NONE, Safety.IDEMPOTENT, exchange))
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("deadline");
        assertThat(exchange.cancelled).hasValue(1);
        assertNothingRuns(orders);
    }

    @Test
    void an_answer_of_an_attempt_that_was_given_up_is_discarded() {
        LoadBalancer orders = orders(Mesh.builder(), 1, "retry.timeout", "50ms", "retry.attempts", "1");
        Hanging exchange = new Hanging();
        exchange.stubborn = true;
        // More than once, since a thread may begin so late that its attempt is over.
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
            assertThatThrownBy(() -> attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, exchange))
                    .hasCauseInstanceOf(TimeoutException.class);
            assertThat(exchange.discarded).contains("too late");
        });
    }

    @Test
    void interrupting_the_caller_takes_back_what_runs_and_the_flag_stays_on() throws Exception {
        LoadBalancer orders = orders(Mesh.builder(), 1, "retry.timeout", "30s");
        Hanging exchange = new Hanging();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, exchange);
            } catch (IOException e) {
                thrown.complete(e);
            }
            flag.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        Awaitility.await().atMost(LIMIT).until(() -> !exchange.threads.isEmpty());
        caller.interrupt();
        assertThat(thrown.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
        assertThat(flag.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(exchange.cancelled).hasValue(1);
        assertNothingRuns(orders);
    }

    @Test
    void what_the_exchange_throws_unchecked_is_thrown_as_it_is() {
        LoadBalancer orders = orders(Mesh.builder(), 3, "retry.timeout", "30s");
        Exchange<String, IOException> mistaken = new Hanging() {
            @Override
            public String send(Lease lease) {
                throw new IllegalStateException("a bug");
            }
        };
        assertThatThrownBy(() -> attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, mistaken))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a bug");
        assertNothingRuns(orders);
    }
}
