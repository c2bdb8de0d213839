package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Verdict;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.codec.EncodingException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Bodies that cannot be sent, or not another time. */
@Timeout(120)
class WebClientBodiesTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContextRunner web = Contexts.withWebClient(context);

    private static WebClient webClient(ApplicationContext started) {
        return started.getBean(WebClient.Builder.class).build();
    }

    private static String get(WebClient client, String url) {
        return String.valueOf(
                client.get().uri(url).retrieve().bodyToMono(String.class).block(LIMIT));
    }

    private static void assertNothingRuns(ApplicationContext started) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(inFlight(started)).isZero());
    }

    @Test
    void a_body_that_streams_is_never_begun_twice() {
        Pod bad = pod().answering(Pod.breakingOff());
        Pod good = pod();
        ordersAre(bad, good);
        web.run(started -> {
            AtomicInteger begun = new AtomicInteger();
            int failures = 0;
            for (int i = 0; i < 4; i++) {
                Flux<String> body = Flux.just("a", "b").doOnSubscribe(subscription -> begun.incrementAndGet());
                try {
                    webClient(started)
                            .put()
                            .uri("http://orders.shop/upload")
                            .contentType(MediaType.TEXT_PLAIN)
                            .body(body, String.class)
                            .retrieve()
                            .toBodilessEntity()
                            .block(LIMIT);
                } catch (WebClientRequestException e) {
                    failures++;
                }
            }
            assertThat(failures).isBetween(1, 3);
            assertThat(begun).hasValue(4);
            assertThat(good.seen()).hasSize(4 - failures);
        });
    }

    @Test
    void a_body_that_fails_is_the_callers_own_error_and_no_pods() {
        Pod pod = pod();
        ordersAre(pod, pod());
        web.run(started -> {
            assertThatThrownBy(() -> webClient(started)
                            .put()
                            .uri("http://orders.shop/upload")
                            .contentType(MediaType.TEXT_PLAIN)
                            .body(
                                    Flux.concat(Flux.just("a"), Flux.error(new EncodingException("spoilt"))),
                                    String.class)
                            .retrieve()
                            .toBodilessEntity()
                            .block(LIMIT))
                    .hasStackTraceContaining("spoilt");
            assertThat(get(webClient(started), "http://orders.shop/")).startsWith("pod-");
            assertNothingRuns(started);
        });
    }

    @Test
    void a_header_that_no_request_may_have_is_the_callers_own_error_and_no_pods() {
        Pod pod = pod();
        ordersAre(pod, pod());
        web.withPropertyValues(
                        "inmesh.services.orders.shop.eject.enabled=true",
                        "inmesh.services.orders.shop.eject.consecutive=1")
                .run(started -> {
                    AtomicInteger written = new AtomicInteger();
                    for (int i = 0; i < 3; i++) {
                        assertThatThrownBy(() -> webClient(started)
                                        .put()
                                        .uri("http://orders.shop/upload")
                                        .header("X-Note", "two\nlines")
                                        .body((request, inserter) -> {
                                            written.incrementAndGet();
                                            return BodyInserters.fromValue("x").insert(request, inserter);
                                        })
                                        .retrieve()
                                        .toBodilessEntity()
                                        .block(LIMIT))
                                .hasStackTraceContaining(IllegalArgumentException.class.getName())
                                .hasMessageNotContaining("127.0.0.");
                    }
                    assertThat(written)
                            .as("asked for what it says, and sent nowhere else")
                            .hasValue(3 * 2);
                    assertThat(started.getBean(Mesh.class).snapshots())
                            .flatExtracting(LoadBalancer.Snapshot::endpoints)
                            .extracting(EndpointView::verdict)
                            .containsOnly(Verdict.HEALTHY);
                    assertNothingRuns(started);
                });
    }

    @Test
    void where_a_body_is_there_only_once_after_all_the_error_is_that_of_the_pod_that_got_it() {
        Pod bad = pod().answering(Pod.breakingOff());
        ordersAre(bad, pod().answering(Pod.breakingOff()));
        web.run(started -> {
            AtomicInteger asked = new AtomicInteger();
            Mono<String> once = Mono.defer(() -> asked.incrementAndGet() == 1
                    ? Mono.just("a")
                    : Mono.error(new IllegalStateException("this body is there only once")));
            assertThatThrownBy(() -> webClient(started)
                            .put()
                            .uri("http://orders.shop/upload")
                            .body(once, String.class)
                            .retrieve()
                            .toBodilessEntity()
                            .block(LIMIT))
                    .isInstanceOf(WebClientRequestException.class)
                    .hasMessageContaining("orders.shop at 127.0.0.")
                    .cause()
                    .satisfies(cause -> assertThat(cause.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .contains("this body is there only once"));
            assertThat(asked).hasValue(2);
            assertNothingRuns(started);
        });
    }

    @Test
    void hedged_attempts_do_not_both_write_a_body_that_streams() {
        Pod pod = pod();
        ordersAre(pod, pod());
        CountDownLatch hedged = new CountDownLatch(2);
        ApplicationContextRunner hedging = web.withPropertyValues(
                "inmesh.services.orders.shop.hedge.delay=20ms", "inmesh.services.orders.shop.hedge.percent=100");
        hedging.run(started -> {
            AtomicInteger begun = new AtomicInteger();
            Flux<String> body = Flux.just("a", "b").doOnSubscribe(subscription -> {
                if (begun.incrementAndGet() > 1) {
                    throw new IllegalStateException("this body is there only once");
                }
            });
            webClient(started)
                    .put()
                    .uri("http://orders.shop/upload")
                    .contentType(MediaType.TEXT_PLAIN)
                    .body((request, inserter) -> {
                        hedged.countDown();
                        // Until both attempts are at this point, neither goes on.
                        return Mono.fromCallable(() -> hedged.await(30, TimeUnit.SECONDS))
                                .subscribeOn(Schedulers.boundedElastic())
                                .then(Mono.defer(() -> BodyInserters.fromPublisher(body, String.class)
                                        .insert(request, inserter)));
                    })
                    .retrieve()
                    .toBodilessEntity()
                    .block(LIMIT);
            assertThat(hedged.getCount()).isZero();
            assertThat(begun).hasValue(1);
            assertNothingRuns(started);
        });
    }
}
