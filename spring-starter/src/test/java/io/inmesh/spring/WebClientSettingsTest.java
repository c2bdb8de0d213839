package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/** What an application says of its HTTP clients with Boot's own properties holds for services that WebClient reaches too. */
@Timeout(120)
class WebClientSettingsTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContextRunner web = Contexts.withWebClient(context);

    private static WebClient webClient(ApplicationContext started) {
        return started.getBean(WebClient.Builder.class).build();
    }

    private static String get(WebClient client, String url) {
        return String.valueOf(
                client.get().uri(url).retrieve().bodyToMono(String.class).block(LIMIT));
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
        Pod stock = pod();
        ordersAre(pod().answering(redirect(307, "http://stock.shop.svc/new?a=b")));
        cluster.publish("stock.shop.svc:80", stock.endpoint());
        web.run(started -> {
            String answer = webClient(started)
                    .put()
                    .uri("http://orders.shop/old")
                    .header("Authorization", "secret")
                    .header("X-Color", "blue")
                    .cookie("who", "me")
                    .bodyValue("content")
                    .retrieve()
                    .bodyToMono(String.class)
                    .block(LIMIT);
            assertThat(answer).isEqualTo(stock.name());
            Pod.Seen seen = stock.seen().get(0);
            assertThat(seen.method()).isEqualTo("PUT");
            assertThat(seen.uri()).isEqualTo("/new?a=b");
            assertThat(seen.body()).isEqualTo("content");
            assertThat(seen.headers().getFirst("Host")).isEqualTo("stock.shop.svc");
            assertThat(seen.headers().getFirst("X-Color")).isEqualTo("blue");
            assertThat(seen.headers().containsKey("Authorization")).isFalse();
            assertThat(seen.headers().containsKey("Cookie")).isFalse();
        });
    }

    @Test
    void a_redirect_to_another_host_goes_the_way_of_other_hosts_and_a_post_becomes_a_get() {
        Pod other = pod();
        ordersAre(pod().answering(redirect(302, "http://" + other.endpoint().address() + "/new")));
        web.withPropertyValues("spring.http.clients.reactive.connector=jdk").run(started -> {
            String answer = webClient(started)
                    .post()
                    .uri("http://orders.shop/old")
                    .bodyValue("x")
                    .retrieve()
                    .bodyToMono(String.class)
                    .block(LIMIT);
            assertThat(answer).isEqualTo(other.name());
            assertThat(other.seen().get(0).method()).isEqualTo("GET");
            assertThat(other.seen().get(0).body()).isEmpty();
            assertThat(other.seen().get(0).headers().getFirst("User-Agent")).startsWith("Java-http-client/");
        });
    }

    private static int status(ApplicationContext started) {
        HttpStatusCode status = webClient(started)
                .get()
                .uri("http://orders.shop/old")
                .exchangeToMono(answer -> answer.releaseBody().thenReturn(answer.statusCode()))
                .block(LIMIT);
        return status == null ? 0 : status.value();
    }

    @Test
    void redirects_in_a_circle_end_with_the_last_answer_and_are_left_alone_if_boot_is_told_so() {
        Pod circle = pod().answering(redirect(302, "/old"));
        ordersAre(circle);
        web.run(started -> {
            assertThat(status(started)).isEqualTo(302);
            assertThat(circle.seen()).hasSize(6);
        });
        web.withPropertyValues("spring.http.clients.redirects=dont-follow").run(started -> {
            assertThat(status(started)).isEqualTo(302);
            assertThat(circle.seen()).hasSize(7);
        });
    }

    @Test
    void cookies_are_kept_for_the_service_if_boot_is_told_so() {
        Pod.Answer greet = exchange -> {
            String cookie = exchange.getRequestHeaders().getFirst("Cookie");
            exchange.getResponseHeaders().set("Set-Cookie", "who=me; Path=/");
            Pod.answer(exchange, 200, cookie == null ? "none" : cookie);
        };
        ordersAre(pod().answering(greet), pod().answering(greet));
        web.withPropertyValues("spring.http.clients.cookie-handling=enable-when-possible")
                .run(started -> {
                    WebClient client = webClient(started);
                    assertThat(get(client, "http://orders.shop/")).isEqualTo("none");
                    assertThat(get(client, "http://orders.shop/")).isEqualTo("who=me");
                });
    }

    @Test
    void an_address_filter_holds_for_pods() throws IOException {
        Pod pod = pod();
        ordersAre(pod);
        web.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
                .run(started -> {
                    assertThatThrownBy(() -> get(webClient(started), "http://orders.shop/"))
                            .isInstanceOf(WebClientRequestException.class)
                            .hasMessageContaining("InetAddressFilter does not allow 127.0.0.11");
                    assertThat(pod.seen()).isEmpty();
                });
    }
}
