package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Verdict;
import io.inmesh.balancer.Mesh;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.reactive.function.client.WebClient;

/** However a request of WebClient ends, nothing of it is left, and its pod's account has what happened. */
@Timeout(120)
class WebClientLeaseEndsTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContextRunner web = Contexts.withWebClient(context);

    private static WebClient webClient(ApplicationContext started) {
        return started.getBean(WebClient.Builder.class).build();
    }

    private static long ejections(ApplicationContext started) {
        return started.getBean(Mesh.class).snapshots().stream()
                .flatMap(snapshot -> snapshot.endpoints().stream())
                .filter(endpoint -> endpoint.verdict().kind() == Verdict.Kind.EJECTED)
                .count();
    }

    @Test
    void a_body_that_stalls_is_a_read_timeout_with_the_pods_name_and_a_failure_of_the_pod() {
        CountDownLatch never = new CountDownLatch(1);
        Pod slow = pod().answering(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("begun".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ordersAre(slow, pod());
        web.withPropertyValues(
                        "spring.http.clients.read-timeout=200ms",
                        "inmesh.services.orders.shop.policy=first",
                        "inmesh.services.orders.shop.eject.enabled=true",
                        "inmesh.services.orders.shop.eject.consecutive=1")
                .run(started -> {
                    assertThatThrownBy(() -> webClient(started)
                                    .get()
                                    .uri("http://orders.shop/")
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block(LIMIT))
                            .hasRootCauseInstanceOf(io.netty.handler.timeout.ReadTimeoutException.class)
                            .hasStackTraceContaining("orders.shop at "
                                    + slow.endpoint().address() + " (pod pod-11): no answer within the read timeout")
                            .hasStackTraceContaining(SocketTimeoutException.class.getName());
                    await().atMost(LIMIT)
                            .untilAsserted(() -> assertThat(inFlight(started)).isZero());
                    await().atMost(LIMIT)
                            .untilAsserted(() -> assertThat(ejections(started)).isEqualTo(1));
                });
        never.countDown();
    }
}
