package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.Faults;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Attempts that are timed, hedged, put off or broken on purpose, through RestClient and real sockets. */
class TimedRequestsTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String ORDERS = "inmesh.services.orders.shop.";

    private ApplicationContextRunner with(String... settings) {
        ApplicationContextRunner all = context;
        for (String setting : settings) {
            all = all.withPropertyValues(ORDERS + setting);
        }
        return all;
    }

    private static void assertNothingRuns(ApplicationContext started) {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(inFlight(started))
                .isZero());
    }

    @Test
    void a_post_that_is_not_answered_in_time_fails_as_a_read_timeout_and_is_sent_once() {
        Pod good = pod();
        try (SilentPod silent = SilentPod.start(51)) {
            cluster.publish("orders.shop:80", silent.endpoint());
            with("retry.timeout=300ms").run(started -> {
                assertThatThrownBy(() -> client(started)
                                .post()
                                .uri("http://orders.shop/pay")
                                .body("1")
                                .retrieve()
                                .toBodilessEntity())
                        .isInstanceOf(ResourceAccessException.class)
                        .hasCauseInstanceOf(SocketTimeoutException.class)
                        .hasMessageContaining(
                                "no answer from " + silent.endpoint().address());
                assertThat(silent.asked()).isEqualTo(1);
                assertNothingRuns(started);
            });
        }
        assertThat(good.seen()).isEmpty();
    }

    @Test
    void the_deadline_of_a_service_ends_what_no_pod_answers() {
        try (SilentPod one = SilentPod.start(52);
                SilentPod other = SilentPod.start(53)) {
            cluster.publish("orders.shop:80", one.endpoint(), other.endpoint());
            with("retry.deadline=300ms").run(started -> {
                assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                        .hasCauseInstanceOf(SocketTimeoutException.class)
                        .hasMessageContaining("deadline");
                assertNothingRuns(started);
            });
        }
    }

    @Test
    void a_slow_get_is_hedged_and_the_connection_that_lost_is_closed() {
        Pod good = pod();
        try (SilentPod silent = SilentPod.start(54)) {
            cluster.publish("orders.shop:80", silent.endpoint(), good.endpoint());
            with("hedge.delay=50ms", "hedge.percent=100").run(started -> {
                RestClient client = client(started);
                for (int i = 0; i < 4; i++) {
                    assertThat(get(client, "http://orders.shop/")).isEqualTo(good.name());
                }
                assertThat(silent.asked()).isPositive();
                Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(silent.hungUp())
                        .isEqualTo(silent.asked()));
                assertNothingRuns(started);
            });
        }
    }

    @Test
    void the_body_of_an_idempotent_request_is_sent_again_whole() {
        Pod good = pod();
        try (SilentPod silent = SilentPod.start(55)) {
            cluster.publish("orders.shop:80", silent.endpoint(), good.endpoint());
            with("retry.timeout=300ms").run(started -> {
                for (int i = 0; i < 2; i++) {
                    client(started)
                            .put()
                            .uri("http://orders.shop/one")
                            .body("the whole body")
                            .retrieve()
                            .toBodilessEntity();
                }
                assertThat(good.seen()).hasSize(2).allSatisfy(seen -> assertThat(seen.body())
                        .isEqualTo("the whole body"));
            });
        }
    }

    @Test
    void an_answer_of_429_is_asked_again_when_it_says_and_of_503_elsewhere_without_waiting_for_that() {
        AtomicInteger asked = new AtomicInteger();
        Pod limited = pod().answering(exchange -> {
            if (asked.incrementAndGet() % 2 == 1) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                Pod.answer(exchange, 429, "later");
            } else {
                Pod.answer(exchange, 200, "now");
            }
        });
        ordersAre(limited);
        context.run(started -> {
            assertThat(get(client(started), "http://orders.shop/")).isEqualTo("now");
            int status = client(started)
                    .post()
                    .uri("http://orders.shop/")
                    .body("1")
                    .exchange((request, answer) -> answer.getStatusCode().value());
            assertThat(status).isEqualTo(429);
            Pod leaving = pod().answering(exchange -> {
                exchange.getResponseHeaders().set("Retry-After", "3600");
                Pod.answer(exchange, 503, "leaving");
            });
            Pod good = pod();
            ordersAre(leaving, good);
            // What was published is in use a moment later.
            Awaitility.await().untilAsserted(() -> assertThat(get(client(started), "http://orders.shop/"))
                    .isEqualTo(good.name()));
            for (int i = 0; i < 4; i++) {
                assertThat(get(client(started), "http://orders.shop/")).isEqualTo(good.name());
            }
            assertThat(leaving.seen()).isNotEmpty();
        });
    }

    @Test
    void a_budget_that_is_used_up_leaves_failures_as_they_are() {
        Pod bad = pod().answering(exchange -> Pod.answer(exchange, 503, "busy"));
        ordersAre(bad, pod());
        with("budget.percent=0", "budget.min-per-second=0").run(started -> {
            RestClient client = client(started);
            int failed = 0;
            for (int i = 0; i < 4; i++) {
                int status = client.get()
                        .uri("http://orders.shop/")
                        .exchange((request, answer) -> answer.getStatusCode().value());
                failed += status == 503 ? 1 : 0;
            }
            assertThat(failed).isEqualTo(2);
            assertThat(bad.seen()).hasSize(2);
        });
    }

    @Test
    void a_caller_that_is_interrupted_gets_its_thread_back_and_its_connection_is_closed() {
        try (SilentPod silent = SilentPod.start(56)) {
            cluster.publish("orders.shop:80", silent.endpoint());
            with("retry.timeout=1h").run(started -> {
                CompletableFuture<Boolean> told = new CompletableFuture<>();
                Thread caller = new Thread(() -> {
                    try {
                        get(client(started), "http://orders.shop/");
                    } catch (ResourceAccessException e) {
                        told.complete(Thread.currentThread().isInterrupted()
                                && e.getCause() instanceof InterruptedIOException);
                    }
                });
                caller.start();
                Awaitility.await().atMost(LIMIT).until(() -> silent.asked() == 1);
                caller.interrupt();
                assertThat(told.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                Awaitility.await().atMost(LIMIT).until(() -> silent.hungUp() == 1);
                assertNothingRuns(started);
            });
        }
    }

    @Test
    void a_bean_of_faults_breaks_what_a_test_wants_broken() {
        Pod good = pod();
        Pod refusing = pod();
        Faults faults = new Faults();
        Endpoint refused = refusing.endpoint();
        ordersAre(refusing, good);
        context.withBean(Faults.class, () -> faults).run(started -> {
            Faults.Injection injection =
                    faults.inject(Fault.refused().at(endpoint -> endpoint.id().equals(refused.id())));
            for (int i = 0; i < 4; i++) {
                assertThat(get(client(started), "http://orders.shop/")).isEqualTo(good.name());
            }
            assertThat(injection.count()).isPositive();
            assertThat(refusing.seen()).isEmpty();
            faults.inject(Fault.refused());
            assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasMessageContaining("a fault was injected at");
            assertNothingRuns(started);
        });
        cluster.publish("orders.shop:80");
        context.run(started -> assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                .hasCauseInstanceOf(ConnectException.class));
    }
}
