package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What callers through plain Java and the JDK's client see of backends that fail in earnest, on real sockets. In each case: no safe request is lost,
 * no unsafe one sent to two backends, and nobody waits longer than for two attempts.
 */
class FaultyBackendsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * Of one attempt, where the fault needs it, and the unit of all bounds: much more than a healthy backend takes on a busy machine, or those would be
     * repeated as well and use up the budget.
     */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration WORST = TIMEOUT.multipliedBy(2).plusMillis(250);
    private static final int HEALTHY = 7;
    private static final int REQUESTS = 120;

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Mesh mesh = Mesh.builder()
            .resolvers(cluster)
            .defaults(Map.of("policy", "round-robin"))
            .build();
    private final LoadBalancer orders = mesh.service("orders.shop:http");
    private final LoadBalancer timedOrders =
            mesh.service(mesh.parse("orders.shop:http"), Map.of("retry.timeout", TIMEOUT.toSeconds() + "s"));
    private Attempts attempts = mesh.attempts(orders);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final List<FaultyBackend> backends = new ArrayList<>();

    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger safeAnswered = new AtomicInteger();
    private final AtomicInteger unsafeAnswered = new AtomicInteger();
    private final List<String> safeLost = new CopyOnWriteArrayList<>();
    private final AtomicInteger unsafeLost = new AtomicInteger();
    private final AtomicLong worstNanos = new AtomicLong();
    private final List<CompletableFuture<?>> calls = new ArrayList<>();

    @AfterEach
    void close() {
        orders.close();
        timedOrders.close();
        mesh.close();
        backends.forEach(FaultyBackend::close);
    }

    /** Seven healthy backends and that one. */
    private FaultyBackend besideHealthy(FaultyBackend faulty) {
        for (int i = 0; i < HEALTHY; i++) {
            backends.add(FaultyBackend.healthy(60 + i));
        }
        backends.add(faulty);
        publish(backends.stream().map(FaultyBackend::endpoint).toList());
        return faulty;
    }

    private void publish(List<Endpoint> endpoints) {
        cluster.publish("orders.shop:http", endpoints.toArray(Endpoint[]::new));
        Awaitility.await().atMost(LIMIT).until(() -> knows(orders, endpoints) && knows(timedOrders, endpoints));
    }

    private static boolean knows(LoadBalancer balancer, List<Endpoint> endpoints) {
        return balancer.snapshot().endpoints().stream()
                .map(EndpointView::endpoint)
                .toList()
                .containsAll(endpoints);
    }

    /** From now on an attempt has its time. */
    private void timed() {
        attempts = mesh.attempts(timedOrders);
    }

    /** Every tenth may not be repeated. */
    private void send() {
        int id = ids.incrementAndGet();
        boolean unsafe = id % 10 == 0;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders.shop/" + id))
                .method(unsafe ? "POST" : "GET", BodyPublishers.noBody())
                .build();
        long begun = System.nanoTime();
        calls.add(attempts.send(
                        PickContext.NONE,
                        Safety.ofHttpMethod(request.method()),
                        JdkHttpExchange.of(client, request, BodyHandlers.ofString()))
                .handle((answer, error) -> {
                    worstNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
                    count(request, unsafe, answer, error);
                    return answer;
                }));
    }

    private void count(HttpRequest request, boolean unsafe, HttpResponse<String> answer, Throwable error) {
        boolean good = error == null && answer.statusCode() == 200;
        if (unsafe) {
            (good ? unsafeAnswered : unsafeLost).incrementAndGet();
        } else if (good) {
            safeAnswered.incrementAndGet();
        } else {
            safeLost.add(request + ": " + (error == null ? answer : error));
        }
    }

    /** So many a second, for so long, as far as the machine can. */
    private void sendAt(int perSecond, int requests) {
        long begun = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            while (System.nanoTime() - begun < i * 1_000_000_000L / perSecond) {
                LockSupport.parkNanos(500_000);
            }
            send();
        }
    }

    private void await() throws Exception {
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private void assertNothingLost() throws Exception {
        await();
        assertThat(safeLost).isEmpty();
        assertThat(safeAnswered.get() + unsafeAnswered.get() + unsafeLost.get()).isEqualTo(ids.get());
        assertThat(safeAnswered).hasPositiveValue();
        assertThat(unsafeAnswered).hasPositiveValue();
        Map<String, Integer> unsafeSeen = new HashMap<>();
        backends.forEach(backend -> backend.seen().stream()
                .filter(request -> request.startsWith("POST"))
                .forEach(request -> unsafeSeen.merge(request, 1, Integer::sum)));
        assertThat(unsafeSeen.values()).as("no unsafe request was repeated").containsOnly(1);
        assertThat(Duration.ofNanos(worstNanos.get())).as("the worst latency").isLessThanOrEqualTo(WORST);
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        orders.snapshot().endpoints())
                .extracting(EndpointView::inFlight)
                .containsOnly(0));
    }

    @Test
    void one_that_is_killed_as_by_kill_9() throws Exception {
        for (int i = 0; i < HEALTHY; i++) {
            backends.add(FaultyBackend.healthy(60 + i));
        }
        try (BackendProcess killed = BackendProcess.start(59)) {
            List<Endpoint> all = new ArrayList<>(
                    backends.stream().map(FaultyBackend::endpoint).toList());
            all.add(killed.endpoint());
            publish(all);
            sendAt(100, REQUESTS / 2);
            killed.kill();
            sendAt(100, REQUESTS);
            assertNothingLost();
        }
    }

    @Test
    void one_that_accepts_and_never_answers() throws Exception {
        besideHealthy(FaultyBackend.silent(50));
        timed();
        sendAt(100, REQUESTS);
        assertNothingLost();
        assertThat(worstNanos.get()).as("somebody waited for it").isGreaterThanOrEqualTo(TIMEOUT.toNanos());
    }

    @Test
    void one_that_vanishes_in_the_middle_of_its_connections() throws Exception {
        FaultyBackend vanished = besideHealthy(FaultyBackend.vanishing(51, 5));
        timed();
        sendAt(100, REQUESTS);
        assertNothingLost();
        assertThat(vanished.seen()).as("it did answer before").isNotEmpty();
        assertThat(worstNanos.get()).as("somebody waited for it").isGreaterThanOrEqualTo(TIMEOUT.toNanos());
    }

    @Test
    void one_that_answers_503_in_a_millisecond() throws Exception {
        FaultyBackend refusing = besideHealthy(FaultyBackend.http(52, exchange -> FaultyBackend.answer(exchange, 503)));
        sendAt(100, REQUESTS);
        assertNothingLost();
        assertThat(refusing.seen()).isNotEmpty();
    }

    @Test
    void one_that_resets_every_connection() throws Exception {
        FaultyBackend resetting = besideHealthy(FaultyBackend.resetting(53));
        sendAt(100, REQUESTS);
        assertNothingLost();
        assertThat(resetting.seen()).isNotEmpty();
    }

    @Test
    void one_that_slows_down_tenfold_is_waited_for_as_long_as_its_answers_come_in_time() throws Exception {
        FaultyBackend slow = besideHealthy(FaultyBackend.slow(54, 100));
        sendAt(100, REQUESTS);
        assertNothingLost();
        assertThat(unsafeLost).hasValue(0);
        assertThat(slow.seen()).isNotEmpty();
    }

    @Test
    void all_of_ten_are_replaced_one_after_the_other_under_500_requests_a_second() throws Exception {
        List<FaultyBackend> serving = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            serving.add(FaultyBackend.healthy(70 + i));
        }
        backends.addAll(serving);
        publish(serving.stream().map(FaultyBackend::endpoint).toList());
        sendAt(500, 250);
        for (int i = 0; i < 10; i++) {
            FaultyBackend old = serving.get(i);
            FaultyBackend fresh = FaultyBackend.healthy(80 + i);
            backends.add(fresh);
            serving.set(i, fresh);
            // Unkind: the old one goes as soon as the new one is known, and with it what it has not answered yet.
            publish(serving.stream().map(FaultyBackend::endpoint).toList());
            sendAt(500, 100);
            old.close();
            sendAt(500, 100);
        }
        assertNothingLost();
        assertThat(Arrays.asList(serving.get(0).seen(), serving.get(9).seen()))
                .allSatisfy(seen -> assertThat(seen).isNotEmpty());
    }
}
