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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
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

    /** Back-off, and the time that timers and threads take. */
    private static final Duration BETWEEN = Duration.ofMillis(250);

    /** What a healthy backend takes at most, on a machine that is not busy. */
    private static final Duration QUICK = Duration.ofSeconds(1);

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
    private HttpClient client = clientThatConnectsWithin(TIMEOUT);
    private final List<FaultyBackend> backends = new ArrayList<>();

    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger safeAnswered = new AtomicInteger();
    private final AtomicInteger unsafeAnswered = new AtomicInteger();
    private final List<String> safeLost = new CopyOnWriteArrayList<>();
    private final AtomicInteger unsafeLost = new AtomicInteger();
    private final AtomicLong worstNanos = new AtomicLong();
    private final AtomicLong worstUnsafeNanos = new AtomicLong();
    private final AtomicLong longestAnswerNanos = new AtomicLong();
    private final List<CountedExchange> unsafeSent = new ArrayList<>();
    private final List<CompletableFuture<?>> calls = new ArrayList<>();

    private static HttpClient clientThatConnectsWithin(Duration limit) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .build();
    }

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
        send((ids.get() + 1) % 10 == 0);
    }

    private void send(boolean unsafe) {
        int id = ids.incrementAndGet();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders.shop/" + id))
                .method(unsafe ? "POST" : "GET", BodyPublishers.noBody())
                .build();
        CountedExchange exchange =
                new CountedExchange(JdkHttpExchange.of(client, request, BodyHandlers.ofString()), longestAnswerNanos);
        if (unsafe) {
            unsafeSent.add(exchange);
        }
        long begun = System.nanoTime();
        calls.add(attempts.send(PickContext.NONE, Safety.ofHttpMethod(request.method()), exchange)
                .handle((answer, error) -> {
                    long nanos = System.nanoTime() - begun;
                    worstNanos.accumulateAndGet(nanos, Math::max);
                    if (unsafe) {
                        worstUnsafeNanos.accumulateAndGet(nanos, Math::max);
                    }
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

    /** So many a second, for so long, as far as the machine can; how long that took. */
    private Duration sendAt(int perSecond, int requests) {
        long begun = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            while (System.nanoTime() - begun < i * 1_000_000_000L / perSecond) {
                LockSupport.parkNanos(500_000);
            }
            send();
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private void await() throws Exception {
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Nobody waits longer than for two attempts that take their whole time. */
    private void assertNothingLostWhereAttemptsAreTimed() throws Exception {
        assertNothingLost();
        assertWorst(TIMEOUT);
    }

    /** What fails, fails at once: nobody waits longer than for two answers of a healthy backend, as they are here and now. */
    private void assertNothingLostAndNobodyWaited() throws Exception {
        assertNothingLost();
        Duration longest = Duration.ofNanos(longestAnswerNanos.get());
        assertWorst(longest.compareTo(QUICK) > 0 ? longest : QUICK);
    }

    private void assertWorst(Duration attempt) {
        assertThat(Duration.ofNanos(worstNanos.get()))
                .as("the worst latency")
                .isLessThanOrEqualTo(attempt.multipliedBy(2).plus(BETWEEN));
    }

    private void assertNothingLost() throws Exception {
        await();
        assertThat(safeLost).isEmpty();
        assertThat(safeAnswered.get() + unsafeAnswered.get() + unsafeLost.get()).isEqualTo(ids.get());
        assertThat(safeAnswered).hasPositiveValue();
        assertThat(unsafeAnswered).hasPositiveValue();
        assertThat(unsafeSent).as("no unsafe request was sent twice").allSatisfy(exchange -> assertThat(exchange.sent())
                .isLessThanOrEqualTo(1));
        assertSeenOnce(backends.stream().flatMap(backend -> backend.seen().stream()));
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        orders.snapshot().endpoints())
                .extracting(EndpointView::inFlight)
                .containsOnly(0));
    }

    private static void assertSeenOnce(Stream<String> requests) {
        List<String> unsafe =
                requests.filter(request -> request.startsWith("POST")).toList();
        assertThat(unsafe)
                .as("no unsafe request came to two backends")
                .isNotEmpty()
                .doesNotHaveDuplicates();
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
            assertNothingLostAndNobodyWaited();
            List<String> seen = killed.seenUntilKilled();
            assertThat(seen).isNotEmpty();
            assertSeenOnce(Stream.concat(seen.stream(), backends.stream().flatMap(backend -> backend.seen().stream())));
        }
    }

    @Test
    void one_that_accepts_and_never_answers() throws Exception {
        FaultyBackend silent = besideHealthy(FaultyBackend.silent(50));
        timed();
        sendAt(100, REQUESTS);
        assertNothingLostWhereAttemptsAreTimed();
        assertThat(silent.seen()).isNotEmpty();
        assertThat(worstNanos.get()).as("somebody waited for it").isGreaterThanOrEqualTo(TIMEOUT.toNanos());
    }

    @Test
    void one_that_vanishes_in_the_middle_of_its_connections() throws Exception {
        FaultyBackend vanished = besideHealthy(FaultyBackend.vanishing(51, 5));
        timed();
        sendAt(100, REQUESTS);
        assertNothingLostWhereAttemptsAreTimed();
        assertThat(vanished.seen())
                .as("it did answer before, and was asked after")
                .hasSizeGreaterThan(5);
        assertThat(worstNanos.get()).as("somebody waited for it").isGreaterThanOrEqualTo(TIMEOUT.toNanos());
    }

    @Test
    void one_that_answers_503_in_a_millisecond() throws Exception {
        FaultyBackend refusing = besideHealthy(FaultyBackend.http(52, exchange -> FaultyBackend.answer(exchange, 503)));
        sendAt(100, REQUESTS);
        assertNothingLostAndNobodyWaited();
        assertThat(refusing.seen()).isNotEmpty();
    }

    @Test
    void one_that_resets_every_connection() throws Exception {
        FaultyBackend resetting = besideHealthy(FaultyBackend.resetting(53));
        sendAt(100, REQUESTS);
        assertNothingLostAndNobodyWaited();
        assertThat(resetting.seen()).isNotEmpty();
    }

    @Test
    @DisplayName("of one whose host drops what opens a connection nothing is lost, since nothing was sent")
    void one_whose_host_drops_what_opens_a_connection() throws Exception {
        Duration limit = Duration.ofSeconds(1);
        client = clientThatConnectsWithin(limit);
        FaultyBackend dropping = FaultyBackend.dropping(55);
        backends.add(dropping);
        backends.add(FaultyBackend.healthy(60));
        publish(backends.stream().map(FaultyBackend::endpoint).toList());
        for (int i = 0; i < 12; i++) {
            send(i / 2 % 2 == 0); // By turns: of each two one meets it.
        }
        assertNothingLost();
        assertThat(unsafeLost).hasValue(0);
        assertThat(List.of(worstNanos.get(), worstUnsafeNanos.get()))
                .as("requests of both kinds met it, and went on when no connection came about in time")
                .allMatch(nanos -> nanos >= limit.toNanos());
    }

    @Test
    void one_that_slows_down_tenfold_is_waited_for_as_long_as_its_answers_come_in_time() throws Exception {
        AtomicLong millis = new AtomicLong(20);
        FaultyBackend slow = besideHealthy(FaultyBackend.taking(54, millis));
        sendAt(100, REQUESTS / 2);
        int before = slow.seen().size();
        millis.set(200);
        sendAt(100, REQUESTS);
        assertNothingLostAndNobodyWaited();
        assertThat(unsafeLost).hasValue(0);
        assertThat(before).as("asked while it was quick").isPositive();
        assertThat(slow.seen()).as("and afterwards").hasSizeGreaterThan(before);
        assertThat(longestAnswerNanos.get()).isGreaterThanOrEqualTo(200_000_000);
    }

    @Test
    void all_of_ten_are_replaced_one_after_the_other_under_500_requests_a_second() throws Exception {
        List<FaultyBackend> serving = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            serving.add(FaultyBackend.healthy(70 + i));
        }
        backends.addAll(serving);
        publish(serving.stream().map(FaultyBackend::endpoint).toList());
        Duration sending = sendAt(500, 250);
        for (int i = 0; i < 10; i++) {
            FaultyBackend old = serving.get(i);
            FaultyBackend fresh = FaultyBackend.healthy(80 + i);
            backends.add(fresh);
            serving.set(i, fresh);
            // Unkind: the old one goes as soon as the new one is known, and with it what it has not answered yet.
            publish(serving.stream().map(FaultyBackend::endpoint).toList());
            sending = sending.plus(sendAt(500, 100));
            old.close();
            sending = sending.plus(sendAt(500, 100));
        }
        assertNothingLostAndNobodyWaited();
        // A machine with other work to do falls behind, and is not to be slower than this by far.
        assertThat(ids.get() * 1e9 / sending.toNanos()).as("requests a second").isBetween(200.0, 550.0);
        assertThat(Arrays.asList(serving.get(0).seen(), serving.get(9).seen()))
                .allSatisfy(seen -> assertThat(seen).isNotEmpty());
    }
}
