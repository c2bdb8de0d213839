package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** A RestClient made from Boot's builder, and the pods of a service. */
class RestClientReachesPodsTest extends OrdersFixture {

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

    /** A connection goes back to the pool just after the last byte was handed over, so that a quick caller may need a second one. */
    @Test
    void connections_are_used_again() {
        Pod pod = pod();
        ordersAre(pod);
        context.run(started -> {
            for (int i = 0; i < 20; i++) {
                get(client(started), "http://orders.shop/");
                client(started)
                        .post()
                        .uri("http://orders.shop/")
                        .body("x")
                        .retrieve()
                        .toBodilessEntity();
            }
            Set<Integer> connections =
                    pod.seen().stream().map(Pod.Seen::connection).collect(Collectors.toSet());
            assertThat(pod.seen()).hasSize(40);
            assertThat(connections).hasSizeLessThan(10);
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
}
