package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A WebClient made from Boot's builder, and the pods of a service. */
@Timeout(120)
class WebClientReachesPodsTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContextRunner web = Contexts.withWebClient(context);

    private static WebClient webClient(ApplicationContext started) {
        return started.getBean(WebClient.Builder.class).build();
    }

    private static Mono<String> ask(WebClient client, String url) {
        return client.get().uri(URI.create(url)).retrieve().bodyToMono(String.class);
    }

    private static String get(WebClient client, String url) {
        return String.valueOf(ask(client, url).block(LIMIT));
    }

    private static void assertNothingRuns(ApplicationContext started) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(inFlight(started)).isZero());
    }

    @Test
    void the_pod_sees_host_path_query_headers_cookies_and_body_as_the_caller_gave_them() {
        Pod pod = pod();
        ordersAre(pod);
        cluster.publish("Orders.Shop:8080", pod.endpoint());
        web.run(started -> {
            WebClient client = webClient(started);
            client.post()
                    .uri(URI.create("http://orders.shop/a%2Fb/c?d=e%20f&g"))
                    .contentType(new MediaType("text", "plain", StandardCharsets.UTF_8))
                    .header("X-Color", "blue", "green")
                    .cookie("who", "me")
                    .bodyValue("größer")
                    .retrieve()
                    .toBodilessEntity()
                    .block(LIMIT);
            get(client, "http://Orders.Shop:8080");
            client.get()
                    .uri("http://orders.shop/")
                    .header("Host", "other.example")
                    .retrieve()
                    .toBodilessEntity()
                    .block(LIMIT);
            client.put()
                    .uri("http://orders.shop/empty")
                    .retrieve()
                    .toBodilessEntity()
                    .block(LIMIT);
            Pod.Seen post = pod.seen().get(0);
            assertThat(post.method()).isEqualTo("POST");
            assertThat(post.uri()).isEqualTo("/a%2Fb/c?d=e%20f&g");
            assertThat(post.body()).isEqualTo("größer");
            assertThat(post.headers().get("X-Color")).containsExactly("blue", "green");
            assertThat(post.headers().get("Cookie")).containsExactly("who=me");
            assertThat(post.headers().get("Host")).containsExactly("orders.shop");
            assertThat(post.headers().get("Content-Length")).containsExactly("8");
            assertThat(pod.seen().get(1).headers().get("Host")).containsExactly("Orders.Shop:8080");
            assertThat(pod.seen().get(1).uri()).isEqualTo("/");
            assertThat(pod.seen().get(2).headers().get("Host")).containsExactly("other.example");
            assertThat(pod.seen().get(3).headers().get("Content-Length")).containsExactly("0");
        });
    }

    /** As of the connectors that Boot chooses among: jdk and reactor are on this class path. */
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "reactor"})
    void other_hosts_go_by_the_connector_that_boot_chooses(String connector) throws IOException {
        HttpServer outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        outside.createContext(
                "/",
                exchange -> Pod.answer(
                        exchange,
                        200,
                        String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent"))));
        outside.start();
        int port = outside.getAddress().getPort();
        String agent = connector.equals("jdk") ? "Java-http-client/" : "ReactorNetty/";
        web.withPropertyValues("spring.http.clients.reactive.connector=" + connector)
                .run(started -> {
                    WebClient client = webClient(started);
                    assertThat(get(client, "http://localhost:" + port + "/")).startsWith(agent);
                    assertThat(get(client, "http://127.0.0.1:" + port + "/")).startsWith(agent);
                    assertThat(started.getBean(Mesh.class).snapshots()).isEmpty();
                });
        outside.stop(0);
    }

    @Test
    void every_http_method_reaches_the_pod() {
        Pod pod = pod();
        ordersAre(pod);
        web.run(started -> {
            for (String method : new String[] {"HEAD", "DELETE", "OPTIONS", "PATCH"}) {
                webClient(started)
                        .method(HttpMethod.valueOf(method))
                        .uri("http://orders.shop/")
                        .retrieve()
                        .toBodilessEntity()
                        .block(LIMIT);
            }
            assertThat(pod.seen()).extracting(Pod.Seen::method).containsExactly("HEAD", "DELETE", "OPTIONS", "PATCH");
            assertNothingRuns(started);
        });
    }

    @Test
    void connections_are_used_again() {
        Pod pod = pod();
        ordersAre(pod);
        web.run(started -> {
            for (int i = 0; i < 40; i++) {
                get(webClient(started), "http://orders.shop/");
            }
            Set<Integer> connections =
                    pod.seen().stream().map(Pod.Seen::connection).collect(Collectors.toSet());
            assertThat(pod.seen()).hasSize(40);
            assertThat(connections).hasSizeLessThan(10);
        });
    }

    @Test
    void large_bodies_arrive_whole_in_both_directions_streamed() {
        Pod pod = pod();
        ordersAre(pod);
        pod.answering(exchange -> Pod.answer(exchange, 200, pod.seen().get(0).body()));
        String part = "0123456789abcdef".repeat(1_000);
        web.run(started -> {
            Long length = webClient(started)
                    .put()
                    .uri("http://orders.shop/")
                    .contentType(MediaType.TEXT_PLAIN)
                    .body(Flux.range(0, 100).map(i -> part), String.class)
                    .exchangeToFlux(answer -> answer.bodyToFlux(byte[].class))
                    .map(bytes -> (long) bytes.length)
                    .reduce(0L, Long::sum)
                    .block(LIMIT);
            assertThat(length).isEqualTo(1_600_000L);
            assertThat(pod.seen().get(0).body()).hasSize(1_600_000);
            assertNothingRuns(started);
        });
    }

    @Test
    void an_answer_is_in_flight_until_it_is_read_or_given_up() {
        ordersAre(pod());
        web.run(started -> {
            AtomicReference<Integer> during = new AtomicReference<>();
            webClient(started)
                    .get()
                    .uri("http://orders.shop/")
                    .exchangeToMono(answer -> {
                        during.set(inFlight(started));
                        return answer.releaseBody();
                    })
                    .block(LIMIT);
            assertThat(during).hasValue(1);
            assertNothingRuns(started);
        });
    }

    @Test
    void a_caller_that_gives_up_hangs_up_on_the_pod() {
        try (SilentPod silent = SilentPod.start(62)) {
            cluster.publish("orders.shop:80", silent.endpoint());
            web.run(started -> {
                CompletableFuture<String> asked =
                        ask(webClient(started), "http://orders.shop/").toFuture();
                await().atMost(LIMIT).until(() -> silent.asked() == 1);
                asked.cancel(true);
                await().atMost(LIMIT).until(() -> silent.hungUp() == 1);
                assertNothingRuns(started);
            });
        }
    }

    @Test
    void paths_of_several_slashes_arrive() {
        Pod pod = pod();
        ordersAre(pod);
        web.run(started -> {
            for (String path : new String[] {"//", "/a//b"}) {
                assertThat(get(webClient(started), "http://orders.shop" + path)).isEqualTo(pod.name());
            }
            assertThat(pod.seen()).extracting(Pod.Seen::uri).containsExactly("/.//", "/a//b");
        });
    }

    @Test
    void after_the_context_is_closed_a_request_says_so() {
        ordersAre(pod());
        WebClient[] kept = new WebClient[1];
        web.run(started -> {
            kept[0] = webClient(started);
            get(kept[0], "http://orders.shop/");
        });
        assertThatThrownBy(() -> get(kept[0], "http://orders.shop/"))
                .isInstanceOf(WebClientRequestException.class)
                .hasMessageContaining("closed");
    }
}
