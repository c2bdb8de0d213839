package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** Hosts of ours are reached alike whichever library serves the others, and customizers for Reactor Netty hold for them. */
@ExtendWith(OutputCaptureExtension.class)
class EveryRequestFactoryTest extends OrdersFixture {
    private final ApplicationContextRunner everyLibrary =
            context.withClassLoader(getClass().getClassLoader());

    @ParameterizedTest
    @CsvSource({
        "jdk, Java-http-client/",
        "simple, Java/",
        "reactor, ReactorNetty/",
        "http-components, Apache-HttpClient/",
        "jetty, Jetty/"
    })
    void requests_are_spread_with_the_services_host_and_other_hosts_get_the_library_that_was_chosen(
            String factory, String agent) {
        Pod one = pod();
        Pod two = pod();
        Pod other = pod();
        ordersAre(one, two);
        everyLibrary
                .withPropertyValues("spring.http.clients.imperative.factory=" + factory)
                .run(started -> {
                    RestClient client = client(started);
                    Set<String> answered = new HashSet<>();
                    for (int i = 0; i < 4; i++) {
                        answered.add(get(client, "http://orders.shop/"));
                    }
                    assertThat(answered).containsExactlyInAnyOrder(one.name(), two.name());
                    assertThat(one.seen())
                            .allSatisfy(seen ->
                                    assertThat(seen.headers().getFirst("Host")).isEqualTo("orders.shop"));
                    get(client, "http://" + other.endpoint().address() + "/");
                    assertThat(other.seen()).singleElement().satisfies(seen -> {
                        assertThat(seen.headers().getFirst("User-Agent")).startsWith(agent);
                        assertThat(seen.headers().getFirst("Host"))
                                .isEqualTo(other.endpoint().address());
                    });
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class ForReactor {
        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> blocking() {
            return builder -> builder.withHttpClientCustomizer(ForReactor::customized);
        }

        @Bean
        ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> reactive() {
            return builder -> builder.withHttpClientCustomizer(ForReactor::customized);
        }

        /** Much of what an application may do, some of it what requests to pods must be kept from. */
        private static HttpClient customized(HttpClient client) {
            return client.headers(headers -> headers.set("X-Customized", "yes"))
                    .secure()
                    .followRedirect(true)
                    .protocol(HttpProtocol.H2C, HttpProtocol.HTTP11);
        }
    }

    @ParameterizedTest
    @CsvSource({"reactor, reactor", "jdk, jdk", "jetty, http-components"})
    void customizers_for_reactor_netty_hold_for_hosts_of_ours(String factory, String connector) {
        Pod pod = pod();
        ordersAre(pod);
        Contexts.withWebClient(context)
                .withClassLoader(getClass().getClassLoader())
                .withUserConfiguration(ForReactor.class)
                .withPropertyValues(
                        "spring.http.clients.imperative.factory=" + factory,
                        "spring.http.clients.reactive.connector=" + connector)
                .run(started -> {
                    assertThat(get(client(started), "http://orders.shop/")).isEqualTo(pod.name());
                    assertThat(started.getBean(WebClient.Builder.class)
                                    .build()
                                    .get()
                                    .uri("http://orders.shop/")
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block())
                            .isEqualTo(pod.name());
                    assertThat(pod.seen()).hasSize(2).allSatisfy(seen -> assertThat(
                                    seen.headers().getFirst("X-Customized"))
                            .isEqualTo("yes"));
                });
    }

    /** Brings a client of its own, which knows nothing of what ours is set up with. */
    @Configuration(proxyBeanMethods = false)
    static class Replacing {
        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> blocking() {
            return builder -> builder.withHttpClientCustomizer(client -> HttpClient.newConnection());
        }
    }

    @Test
    void what_was_sent_is_known_whatever_a_customizer_does() {
        Pod dying = pod().answering(Pod.breakingOff());
        ordersAre(dying, pod());
        context.withUserConfiguration(Replacing.class).run(started -> {
            int failed = 0;
            for (int i = 0; i < 4; i++) {
                try {
                    client(started)
                            .post()
                            .uri("http://orders.shop/")
                            .body("1")
                            .retrieve()
                            .toBodilessEntity();
                } catch (RuntimeException e) {
                    failed++;
                }
            }
            assertThat(failed).isEqualTo(dying.seen().size()).isPositive();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class ForJdk {
        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<JdkClientHttpRequestFactoryBuilder> proxied() {
            return builder -> builder;
        }
    }

    @Test
    void customizers_of_another_library_are_named_in_the_log(CapturedOutput log) {
        context.run(started -> client(started));
        assertThat(log).doesNotContain("requests to services go through Reactor Netty");
        context.withUserConfiguration(ForJdk.class).run(started -> client(started));
        assertThat(log)
                .contains("what proxied changes of JdkClientHttpRequestFactoryBuilder holds for hosts outside the mesh;"
                        + " requests to services go through Reactor Netty");
    }
}
