package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

class RestClientReachesPodsTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final ApplicationContextRunner context =
            Contexts.with(cluster).withPropertyValues("inmesh.services.orders.shop.policy=round-robin");
    private final List<Pod> pods = new ArrayList<>();

    private Pod pod() {
        Pod pod = Pod.start(11 + pods.size());
        pods.add(pod);
        return pod;
    }

    private void ordersAre(Pod... all) {
        Endpoint[] endpoints = new Endpoint[all.length];
        for (int i = 0; i < all.length; i++) {
            endpoints[i] = all[i].endpoint();
        }
        cluster.publish("orders.shop:80", endpoints);
    }

    /** An address on which nothing listens. */
    private static Endpoint nobody(int number) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0." + number))) {
            return Endpoint.of("127.0.0." + number, free.getLocalPort());
        }
    }

    private static RestClient client(ApplicationContext started) {
        return started.getBean(RestClient.Builder.class).build();
    }

    private static String get(RestClient client, String url) {
        return String.valueOf(client.get().uri(url).retrieve().body(String.class));
    }

    private static int inFlight(ApplicationContext started) {
        return started.getBean(Mesh.class).snapshots().stream()
                .flatMap(snapshot -> snapshot.endpoints().stream())
                .mapToInt(EndpointView::inFlight)
                .sum();
    }

    @AfterEach
    void stop() {
        pods.forEach(Pod::close);
    }

    @Test
    void requests_are_spread_over_the_pods_of_a_service() {
        ordersAre(pod(), pod(), pod());
        context.run(started -> {
            RestClient client = client(started);
            Map<String, Integer> answers = new TreeMap<>();
            for (int i = 0; i < 30; i++) {
                answers.merge(get(client, "http://orders.shop/list"), 1, Integer::sum);
            }
            assertThat(answers).isEqualTo(Map.of("pod-11", 10, "pod-12", 10, "pod-13", 10));
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void the_pod_sees_host_path_query_headers_and_body_as_the_caller_gave_them() {
        Pod pod = pod();
        ordersAre(pod);
        cluster.publish("Orders.Shop:8080", pod.endpoint());
        context.run(started -> {
            RestClient client = client(started);
            client.post()
                    .uri(URI.create("http://orders.shop/a%2Fb/c?d=e%20f&g"))
                    .contentType(new MediaType("text", "plain", StandardCharsets.UTF_8))
                    .header("X-Color", "blue", "green")
                    .body("größer")
                    .retrieve()
                    .toBodilessEntity();
            get(client, "http://Orders.Shop:8080");
            client.get()
                    .uri("http://orders.shop/")
                    .header("Host", "other.example")
                    .retrieve()
                    .toBodilessEntity();
            client.put().uri("http://orders.shop/empty").retrieve().toBodilessEntity();
            Pod.Seen post = pod.seen().get(0);
            assertThat(post.method()).isEqualTo("POST");
            assertThat(post.uri()).isEqualTo("/a%2Fb/c?d=e%20f&g");
            assertThat(post.body()).isEqualTo("größer");
            assertThat(post.headers().get("X-Color")).containsExactly("blue", "green");
            assertThat(post.headers().get("Host")).containsExactly("orders.shop");
            assertThat(post.headers().get("Content-Length")).containsExactly("8");
            assertThat(pod.seen().get(1).headers().get("Host")).containsExactly("Orders.Shop:8080");
            assertThat(pod.seen().get(1).uri()).isEqualTo("/");
            assertThat(pod.seen().get(2).headers().get("Host")).containsExactly("other.example");
            assertThat(pod.seen().get(3).headers().get("Content-Length")).containsExactly("0");
        });
    }

    @Test
    void a_get_whose_pod_dies_is_repeated_on_another_pod() {
        Pod bad = pod().answering(Pod.breakingOff());
        Pod good = pod();
        ordersAre(bad, good);
        context.run(started -> {
            RestClient client = client(started);
            for (int i = 0; i < 6; i++) {
                assertThat(get(client, "http://orders.shop/" + i)).isEqualTo(good.name());
            }
            assertThat(bad.seen()).isNotEmpty();
            assertThat(good.seen()).hasSize(6);
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void a_get_answered_with_503_is_repeated_and_with_500_is_not() {
        Pod bad = pod().answering(exchange ->
                Pod.answer(exchange, exchange.getRequestURI().getPath().equals("/busy") ? 503 : 500, "bad"));
        Pod good = pod();
        ordersAre(bad, good);
        context.run(started -> {
            RestClient client = client(started);
            for (int i = 0; i < 4; i++) {
                assertThat(get(client, "http://orders.shop/busy")).isEqualTo(good.name());
            }
            List<Integer> codes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                codes.add(client.get()
                        .uri("http://orders.shop/broken")
                        .exchange((request, answer) -> answer.getStatusCode().value()));
            }
            assertThat(codes).containsExactlyInAnyOrder(200, 500, 200, 500);
        });
    }

    @Test
    void a_post_that_a_pod_has_received_is_sent_once() {
        Pod bad = pod().answering(Pod.breakingOff());
        ordersAre(bad, Pod.start(40).answering(Pod.breakingOff()));
        context.run(started -> {
            RestClient client = client(started);
            assertThatThrownBy(() -> client.post()
                            .uri("http://orders.shop/pay")
                            .body("1")
                            .retrieve()
                            .toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class)
                    .hasMessageContaining("orders.shop at 127.0.0.");
            assertThatThrownBy(() -> client.post()
                            .uri("http://orders.shop/pay")
                            .body("2")
                            .retrieve()
                            .toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class);
            assertThat(bad.seen()).hasSize(1);
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void a_post_whose_pod_refuses_the_connection_goes_to_another_pod() throws IOException {
        Pod good = pod();
        cluster.publish("orders.shop:80", nobody(30), good.endpoint());
        context.run(started -> {
            RestClient client = client(started);
            for (int i = 0; i < 6; i++) {
                String answer = client.post()
                        .uri("http://orders.shop/pay")
                        .body("1")
                        .retrieve()
                        .body(String.class);
                assertThat(answer).isEqualTo(good.name());
            }
            assertThat(good.seen()).hasSize(6);
        });
    }

    @Test
    void a_body_that_can_be_written_once_goes_to_another_pod_only_if_it_was_not_begun() throws IOException {
        Pod good = pod();
        cluster.publish("orders.shop:80", nobody(30), good.endpoint());
        context.run(started -> {
            for (int i = 0; i < 4; i++) {
                client(started)
                        .put()
                        .uri("http://orders.shop/upload")
                        .body(out -> out.write("streamed".getBytes(StandardCharsets.UTF_8)))
                        .retrieve()
                        .toBodilessEntity();
            }
            assertThat(good.seen()).hasSize(4).allSatisfy(seen -> assertThat(seen.body())
                    .isEqualTo("streamed"));
            good.answering(Pod.breakingOff());
            Pod second = pod();
            ordersAre(good, second);
            int failures = 0;
            for (int i = 0; i < 2; i++) {
                try {
                    client(started)
                            .put()
                            .uri("http://orders.shop/upload")
                            .body(out -> out.write(1))
                            .retrieve()
                            .toBodilessEntity();
                } catch (ResourceAccessException e) {
                    failures++;
                }
            }
            assertThat(failures).isEqualTo(1);
            assertThat(second.seen()).hasSize(1);
        });
    }

    @Test
    void a_service_that_does_not_exist_is_refused_with_the_meshs_text() {
        cluster.say("orders.shop:80", new Unresolved(Reason.NOT_FOUND, "orders in namespace shop: no such Service"));
        context.run(started -> assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                .isInstanceOf(ResourceAccessException.class)
                .hasMessageContaining("orders in namespace shop: no such Service")
                .hasCauseInstanceOf(ConnectException.class));
    }

    @Test
    void a_service_that_nothing_is_heard_of_is_waited_for_no_longer_than_said() {
        context.withPropertyValues("inmesh.startup-wait=50ms")
                .run(started -> assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                        .isInstanceOf(ResourceAccessException.class)
                        .hasMessageContaining("k8s:///orders.shop:80: nothing has been heard of it yet"));
    }

    @Test
    void a_pod_that_does_not_answer_in_time_ends_as_a_read_timeout_and_is_not_asked_again() {
        CountDownLatch never = new CountDownLatch(1);
        Pod slow = pod().answering(exchange -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ordersAre(slow);
        context.withPropertyValues("spring.http.clients.read-timeout=100ms").run(started -> assertThatThrownBy(
                        () -> get(client(started), "http://orders.shop/"))
                .isInstanceOf(ResourceAccessException.class)
                .hasMessageContaining("orders.shop at " + slow.endpoint().address() + " (pod pod-11)")
                .hasCauseInstanceOf(SocketTimeoutException.class));
        assertThat(slow.seen()).hasSize(1);
        never.countDown();
    }

    @Test
    void the_request_is_in_flight_until_its_body_is_read_or_closed() {
        ordersAre(pod());
        context.run(started -> {
            ClientHttpResponse open =
                    client(started).get().uri("http://orders.shop/").exchange((request, answer) -> answer, false);
            assertThat(inFlight(started)).isEqualTo(1);
            assertThat(open.getBody().readAllBytes()).isNotEmpty();
            assertThat(inFlight(started)).isZero();
            open.close();
            ClientHttpResponse closed =
                    client(started).get().uri("http://orders.shop/").exchange((request, answer) -> answer, false);
            assertThat(inFlight(started)).isEqualTo(1);
            closed.close();
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void other_hosts_go_the_way_they_went_before() throws IOException {
        HttpServer outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        outside.createContext(
                "/",
                exchange -> Pod.answer(
                        exchange,
                        200,
                        String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent"))));
        outside.start();
        int port = outside.getAddress().getPort();
        context.run(started -> {
            RestClient client = client(started);
            assertThat(get(client, "http://localhost:" + port + "/")).startsWith("Java-http-client/");
            assertThat(get(client, "http://127.0.0.1:" + port + "/")).startsWith("Java-http-client/");
            assertThat(started.getBean(Mesh.class).snapshots()).isEmpty();
        });
        outside.stop(0);
    }

    @Test
    void every_http_method_reaches_the_pod() {
        Pod pod = pod();
        ordersAre(pod);
        context.run(started -> {
            List<HttpMethod> methods =
                    List.of(HttpMethod.HEAD, HttpMethod.DELETE, HttpMethod.OPTIONS, HttpMethod.PATCH);
            methods.forEach(method -> client(started)
                    .method(method)
                    .uri("http://orders.shop/")
                    .retrieve()
                    .toBodilessEntity());
            assertThat(pod.seen()).extracting(Pod.Seen::method).containsExactly("HEAD", "DELETE", "OPTIONS", "PATCH");
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void connections_are_used_again() {
        Pod pod = pod();
        ordersAre(pod);
        context.run(started -> {
            for (int i = 0; i < 5; i++) {
                get(client(started), "http://orders.shop/");
                client(started)
                        .post()
                        .uri("http://orders.shop/")
                        .body("x")
                        .retrieve()
                        .toBodilessEntity();
            }
            assertThat(pod.seen())
                    .extracting(Pod.Seen::connection)
                    .hasSize(10)
                    .containsOnly(pod.seen().get(0).connection());
        });
    }

    @Test
    void large_bodies_arrive_whole_in_both_directions() {
        Pod pod = pod();
        ordersAre(pod);
        pod.answering(exchange -> Pod.answer(exchange, 200, pod.seen().get(0).body()));
        byte[] large = "0123456789abcdef".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
        context.run(started -> {
            byte[] echoed = client(started)
                    .put()
                    .uri("http://orders.shop/")
                    .body(large)
                    .retrieve()
                    .body(byte[].class);
            assertThat(echoed).isEqualTo(large);
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void a_pod_killed_under_load_costs_no_request_that_is_safe_to_repeat() {
        Pod killed = pod();
        ordersAre(killed, pod(), pod());
        context.run(started -> {
            RestClient client = client(started);
            List<CompletableFuture<Integer>> callers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                callers.add(CompletableFuture.supplyAsync(() -> {
                    int answers = 0;
                    for (int i = 0; i < 100; i++) {
                        answers += get(client, "http://orders.shop/").startsWith("pod-") ? 1 : 0;
                        if (killed.seen().size() > 20) {
                            killed.close();
                        }
                    }
                    return answers;
                }));
            }
            for (CompletableFuture<Integer> caller : callers) {
                assertThat(caller.get(60, TimeUnit.SECONDS)).isEqualTo(100);
            }
            assertThat(inFlight(started)).isZero();
        });
    }

    @Test
    void a_caller_that_is_interrupted_gets_its_thread_back() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Pod slow = pod().answering(exchange -> {
            asked.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ordersAre(slow);
        context.run(started -> {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    get(client(started), "http://orders.shop/");
                } catch (ResourceAccessException e) {
                    flag.complete(
                            Thread.currentThread().isInterrupted() && e.getCause() instanceof InterruptedIOException);
                }
            });
            caller.start();
            asked.await();
            caller.interrupt();
            assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(inFlight(started)).isZero();
            assertThat(slow.seen()).hasSize(1);
        });
        never.countDown();
    }

    @Test
    void after_the_context_is_closed_a_request_says_so() {
        ordersAre(pod());
        RestClient[] kept = new RestClient[1];
        context.run(started -> {
            kept[0] = client(started);
            get(kept[0], "http://orders.shop/");
        });
        assertThatThrownBy(() -> get(kept[0], "http://orders.shop/"))
                .isInstanceOf(ResourceAccessException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void closing_the_context_ends_threads_and_watches() {
        ordersAre(pod(), pod());
        context.run(started -> {
            client(started)
                    .post()
                    .uri("http://orders.shop/")
                    .body("x")
                    .retrieve()
                    .toBodilessEntity();
            assertThat(cluster.resolvers()).isPositive();
            assertThat(threads()).isNotEmpty();
        });
        assertThat(cluster.resolvers()).isZero();
        Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("inmesh"))
                .toList();
    }
}
