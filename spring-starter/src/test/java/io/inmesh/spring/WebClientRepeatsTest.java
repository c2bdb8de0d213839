package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What WebClient sends again to another pod, and what it does not. */
@Timeout(120)
class WebClientRepeatsTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContextRunner web = Contexts.withWebClient(context);

    private static WebClient webClient(ApplicationContext started) {
        return started.getBean(WebClient.Builder.class).build();
    }

    private static void assertNothingRuns(ApplicationContext started) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(inFlight(started)).isZero());
    }

    @Test
    void a_post_that_a_pod_has_received_is_sent_once_and_its_failure_names_the_pod() {
        Pod bad = pod().answering(Pod.breakingOff());
        Pod other = pod().answering(Pod.breakingOff());
        ordersAre(bad, other);
        web.run(started -> {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> webClient(started)
                                .post()
                                .uri("http://orders.shop/pay")
                                .bodyValue("1")
                                .retrieve()
                                .toBodilessEntity()
                                .block(LIMIT))
                        .isInstanceOf(WebClientRequestException.class)
                        .hasMessageContaining("orders.shop at 127.0.0.");
            }
            // On which pod each was: threads take turns each for itself, and the first request picks on another one.
            assertThat(bad.seen().size() + other.seen().size()).isEqualTo(2);
            assertNothingRuns(started);
        });
    }

    @Test
    void a_post_whose_pod_refuses_the_connection_goes_to_another_pod_with_its_body() throws IOException {
        Pod good = pod();
        cluster.publish("orders.shop:80", nobody(63), good.endpoint());
        web.run(started -> {
            for (int i = 0; i < 4; i++) {
                webClient(started)
                        .post()
                        .uri("http://orders.shop/pay")
                        .contentType(MediaType.TEXT_PLAIN)
                        .body(i % 2 == 0 ? Mono.just("paid") : Flux.just("pa", "id"), String.class)
                        .retrieve()
                        .toBodilessEntity()
                        .block(LIMIT);
            }
            assertThat(good.seen()).hasSize(4).allSatisfy(seen -> assertThat(seen.body())
                    .isEqualTo("paid"));
        });
    }

    @Test
    void the_body_of_an_idempotent_request_is_sent_again_whole_if_it_does_not_stream() {
        Pod bad = pod().answering(Pod.breakingOff());
        Pod good = pod();
        ordersAre(bad, good);
        web.run(started -> {
            for (int i = 0; i < 4; i++) {
                webClient(started)
                        .put()
                        .uri("http://orders.shop/upload")
                        .bodyValue("the whole body")
                        .retrieve()
                        .toBodilessEntity()
                        .block(LIMIT);
            }
            assertThat(bad.seen()).isNotEmpty();
            assertThat(good.seen()).hasSize(4).allSatisfy(seen -> assertThat(seen.body())
                    .isEqualTo("the whole body"));
        });
    }

    @Test
    void a_pod_killed_under_load_costs_no_request_that_is_safe_to_repeat() {
        Pod killed = pod();
        ordersAre(killed, pod(), pod());
        web.run(started -> {
            WebClient client = webClient(started);
            Long answers = Flux.range(0, 400)
                    .flatMap(
                            i -> {
                                if (killed.seen().size() > 20) {
                                    killed.close();
                                }
                                return client.get()
                                        .uri("http://orders.shop/")
                                        .retrieve()
                                        .bodyToMono(String.class);
                            },
                            8)
                    .filter(answer -> answer.startsWith("pod-"))
                    .count()
                    .block(Duration.ofSeconds(60));
            assertThat(answers).isEqualTo(400);
            assertNothingRuns(started);
        });
    }
}
