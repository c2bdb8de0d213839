package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** Hosts of ours are reached alike whichever library serves the others, and customizers for Reactor Netty hold for them where WebClient asks. */
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
    @ValueSource(strings = {"reactor", "jdk", "http-components"})
    void customizers_for_reactor_netty_hold_for_requests_of_web_client_to_hosts_of_ours(String connector) {
        Pod pod = pod();
        ordersAre(pod);
        Contexts.withWebClient(context)
                .withClassLoader(getClass().getClassLoader())
                .withUserConfiguration(ForReactor.class)
                .withPropertyValues("spring.http.clients.reactive.connector=" + connector)
                .run(started -> {
                    assertThat(started.getBean(WebClient.Builder.class)
                                    .build()
                                    .get()
                                    .uri("http://orders.shop/")
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block())
                            .isEqualTo(pod.name());
                    assertThat(pod.seen()).singleElement().satisfies(seen -> assertThat(
                                    seen.headers().getFirst("X-Customized"))
                            .isEqualTo("yes"));
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
        assertThat(log).doesNotContain("requests to services have a client of their own");
        context.withUserConfiguration(ForJdk.class).run(started -> client(started));
        assertThat(log)
                .contains("what proxied changes of JdkClientHttpRequestFactoryBuilder holds for hosts outside the mesh;"
                        + " requests to services have a client of their own");
    }

    @Test
    void without_reactor_netty_web_client_stays_as_it_is_and_the_log_says_what_to_add(CapturedOutput log) {
        Pod other = pod();
        ApplicationContextRunner without = Contexts.withWebClient(context)
                .withClassLoader(
                        new FilteredClassLoader("org.apache.hc.client5", "org.eclipse.jetty", "reactor.netty"));
        without.run(started -> assertThat(started).hasNotFailed());
        assertThat(log).doesNotContain("reactor-netty-http");
        without.run(started -> {
            WebClient.Builder builder = started.getBean(WebClient.Builder.class);
            assertThat(builder.build()
                            .get()
                            .uri("http://" + other.endpoint().address() + "/")
                            .retrieve()
                            .bodyToMono(String.class)
                            .block())
                    .isEqualTo(other.name());
            ClientHttpConnectorBuilder<?> connectors = started.getBean(ClientHttpConnectorBuilder.class);
            assertThat(MeshBypass.connectors(connectors)).isInstanceOf(JdkClientHttpConnectorBuilder.class);
            connectors.withCustomizers(List.of()).build();
        });
        assertThat(log)
                .containsOnlyOnce(
                        "WebClient reaches services by DNS, not through inmesh, since Reactor Netty is not on the class"
                                + " path (expected: io.projectreactor.netty:reactor-netty-http, which spring-boot-starter-webclient"
                                + " brings; other hosts keep the library that they have)");
    }
}
