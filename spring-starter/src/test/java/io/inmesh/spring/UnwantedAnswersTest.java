package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

/** Answers that a request has no use for hold up neither the request nor, for long, a connection. Through RestClient and real sockets. */
class UnwantedAnswersTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String ORDERS = "inmesh.services.orders.shop.";

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger hungUp = new AtomicInteger();

    @AfterEach
    void end() {
        over.countDown();
    }

    /** Announces a body, and lets its reader wait for it. */
    private void stall(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, 10);
        exchange.getResponseBody().flush();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Goes on until its reader hangs up. */
    private void talkForEver(HttpExchange exchange) {
        try {
            exchange.sendResponseHeaders(200, 0); // Its reader may have hung up before.
            try (OutputStream body = exchange.getResponseBody()) {
                while (!over.await(1, TimeUnit.MILLISECONDS)) {
                    body.write("data: more\n\n".getBytes(StandardCharsets.US_ASCII));
                    body.flush();
                }
            }
        } catch (IOException e) {
            hungUp.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void assertThatTheOtherPodAnswers(ApplicationContextRunner application, Pod stalling, Pod good) {
        application.run(started -> assertTimeoutPreemptively(LIMIT, () -> {
            RestClient client = client(started);
            for (int i = 0; i < 4; i++) {
                assertThat(get(client, "http://orders.shop/")).isEqualTo(good.name());
            }
            assertThat(stalling.seen()).isNotEmpty();
            Awaitility.await().atMost(LIMIT).until(() -> inFlight(started) == 0);
        }));
    }

    @Test
    void a_failure_whose_body_stalls_does_not_hold_up_the_repeat() {
        Pod stalling = pod().answering(exchange -> stall(exchange, 503));
        Pod good = pod();
        ordersAre(stalling, good);
        assertThatTheOtherPodAnswers(context, stalling, good);
    }

    @Test
    void nor_does_it_under_a_deadline() {
        Pod stalling = pod().answering(exchange -> stall(exchange, 503));
        Pod good = pod();
        ordersAre(stalling, good);
        assertThatTheOtherPodAnswers(context.withPropertyValues(ORDERS + "retry.deadline=1h"), stalling, good);
    }

    @Test
    void a_redirect_whose_body_stalls_is_followed() {
        Pod pod = pod();
        pod.answering(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/old")) {
                exchange.getResponseHeaders().set("Location", "/new");
                stall(exchange, 302);
            } else {
                Pod.answer(exchange, 200, "new");
            }
        });
        ordersAre(pod);
        context.run(started ->
                assertTimeoutPreemptively(LIMIT, () -> assertThat(get(client(started), "http://orders.shop/old"))
                        .isEqualTo("new")));
    }

    /** Both pods answer without end: of the two that a hedged request asks, one loses, and is hung up on by us. */
    @Test
    void an_endless_answer_that_came_too_late_is_hung_up_on() {
        CountDownLatch bothAsked = new CountDownLatch(2);
        Pod.Answer endless = exchange -> {
            bothAsked.countDown();
            try {
                if (bothAsked.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    talkForEver(exchange);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        ordersAre(pod().answering(endless), pod().answering(endless));
        context.withPropertyValues(ORDERS + "hedge.delay=20ms", ORDERS + "hedge.percent=100")
                .run(started -> {
                    try (var answer = client(started)
                            .get()
                            .uri("http://orders.shop/events")
                            .exchange((request, response) -> response, false)) {
                        assertThat(answer.getStatusCode().value()).isEqualTo(200);
                        try {
                            Awaitility.await().atMost(LIMIT).until(() -> hungUp.get() == 1);
                            Awaitility.await().atMost(LIMIT).until(() -> inFlight(started) == 1);
                        } finally {
                            over.countDown(); // Closing reads the rest.
                        }
                    }
                });
    }
}
