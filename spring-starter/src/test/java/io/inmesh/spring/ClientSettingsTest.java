package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.inmesh.api.testing.FakeEndpoints;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** What an application says of its HTTP clients with Boot's own properties holds for services too. */
class ClientSettingsTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final ApplicationContextRunner context =
            Contexts.with(cluster).withPropertyValues("inmesh.services.orders.shop.policy=round-robin");
    private final Pod first = Pod.start(21);
    private final Pod second = Pod.start(22);

    @BeforeEach
    void publish() {
        cluster.publish("orders.shop:80", first.endpoint());
        cluster.publish("stock.shop.svc:80", second.endpoint());
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private static RestClient client(ApplicationContext started) {
        return started.getBean(RestClient.Builder.class).build();
    }

    private static Pod.Answer redirect(int status, String location) {
        return exchange -> {
            if (exchange.getRequestURI().getPath().equals("/old")) {
                exchange.getResponseHeaders().set("Location", location);
                Pod.answer(exchange, status, "gone");
            } else {
                Pod.answer(exchange, 200, "new");
            }
        };
    }

    @Test
    void redirects_are_followed_to_wherever_their_host_belongs() {
        first.answering(redirect(307, "http://stock.shop.svc/new?a=b"));
        context.run(started -> {
            String answer = client(started)
                    .put()
                    .uri("http://orders.shop/old")
                    .header("Authorization", "secret")
                    .header("X-Color", "blue")
                    .body("content")
                    .retrieve()
                    .body(String.class);
            assertThat(answer).isEqualTo(second.name());
            Pod.Seen seen = second.seen().get(0);
            assertThat(seen.method()).isEqualTo("PUT");
            assertThat(seen.uri()).isEqualTo("/new?a=b");
            assertThat(seen.body()).isEqualTo("content");
            assertThat(seen.headers().getFirst("Host")).isEqualTo("stock.shop.svc");
            assertThat(seen.headers().getFirst("X-Color")).isEqualTo("blue");
            assertThat(seen.headers().containsKey("Authorization")).isFalse();
        });
    }

    @Test
    void a_redirect_to_another_host_goes_the_way_of_other_hosts() {
        first.answering(redirect(302, "http://127.0.0.22:" + second.port() + "/new"));
        context.run(started -> {
            String answer = client(started)
                    .post()
                    .uri("http://orders.shop/old")
                    .body("x")
                    .retrieve()
                    .body(String.class);
            assertThat(answer).isEqualTo(second.name());
            assertThat(second.seen().get(0).method()).isEqualTo("GET");
            assertThat(second.seen().get(0).headers().getFirst("User-Agent")).startsWith("Java-http-client/");
        });
    }

    @Test
    void redirects_in_a_circle_end_with_the_last_answer() {
        first.answering(redirect(302, "/old"));
        context.run(started -> {
            int status = client(started)
                    .get()
                    .uri("http://orders.shop/old")
                    .exchange((request, answer) -> answer.getStatusCode().value());
            assertThat(status).isEqualTo(302);
            assertThat(first.seen()).hasSize(6);
        });
    }

    @Test
    void redirects_are_left_alone_if_boot_is_told_so() {
        first.answering(redirect(302, "/new"));
        context.withPropertyValues("spring.http.clients.redirects=dont-follow").run(started -> {
            ResponseEntity<String> answer = client(started)
                    .get()
                    .uri("http://orders.shop/old")
                    .retrieve()
                    .toEntity(String.class);
            assertThat(answer.getStatusCode().value()).isEqualTo(302);
            assertThat(answer.getHeaders().getFirst(HttpHeaders.LOCATION)).isEqualTo("/new");
        });
    }

    @Test
    void cookies_are_kept_for_the_service_if_boot_is_told_so() {
        Pod.Answer greet = exchange -> {
            exchange.getResponseHeaders().set("Set-Cookie", "who=me; Path=/");
            Pod.answer(exchange, 200, cookie(exchange));
        };
        first.answering(greet);
        second.answering(greet);
        cluster.publish("orders.shop:80", first.endpoint(), second.endpoint());
        context.withPropertyValues("spring.http.clients.cookie-handling=enable-when-possible")
                .run(started -> {
                    RestClient client = client(started);
                    assertThat(get(client)).isEqualTo("none");
                    assertThat(get(client)).isEqualTo("who=me");
                    assertThat(get(client)).isEqualTo("who=me");
                });
        context.run(started -> {
            RestClient client = client(started);
            get(client);
            assertThat(get(client)).isEqualTo("none");
        });
    }

    private static String get(RestClient client) {
        return String.valueOf(client.get().uri("http://orders.shop/").retrieve().body(String.class));
    }

    private static String cookie(HttpExchange exchange) {
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "none" : cookie;
    }

    @Test
    void an_address_filter_holds_for_pods() throws IOException {
        context.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
                .run(started -> {
                    RestClient client = client(started);
                    assertThatThrownBy(() -> get(client))
                            .isInstanceOf(ResourceAccessException.class)
                            .hasMessageContaining("InetAddressFilter does not allow 127.0.0.21");
                    assertThat(first.seen()).isEmpty();
                });
    }
}
