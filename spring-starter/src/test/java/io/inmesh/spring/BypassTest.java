package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.balancer.Mesh;
import io.inmesh.spring.http.MeshHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** Clients and hosts that do without the mesh. */
@Timeout(120)
class BypassTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String[] JDK = {
        "spring.http.clients.imperative.factory=jdk", "spring.http.clients.reactive.connector=jdk"
    };

    /** The example of {@link MeshBypass}. */
    @Configuration(proxyBeanMethods = false)
    static class Legacy {
        @Bean
        RestClient legacy(
                RestClient.Builder builder, ClientHttpRequestFactoryBuilder<?> factories, HttpClientSettings settings) {
            return builder.requestFactory(MeshBypass.factories(factories).build(settings))
                    .baseUrl("http://legacy.shop")
                    .build();
        }

        @Bean
        WebClient legacyReactive(
                WebClient.Builder builder, ClientHttpConnectorBuilder<?> connectors, HttpClientSettings settings) {
            return builder.clientConnector(MeshBypass.connectors(connectors).build(settings))
                    .baseUrl("http://legacy.shop")
                    .build();
        }
    }

    /** The application's own builders; DNS, which they play, knows one machine only. */
    @Configuration(proxyBeanMethods = false)
    static class Dns {
        private static URI resolved(URI uri) {
            return URI.create("http://127.0.0.1:" + uri.getPort() + uri.getPath());
        }

        @Bean
        ClientHttpRequestFactoryBuilder<?> factories() {
            return settings -> (uri, method) -> new JdkClientHttpRequestFactory().createRequest(resolved(uri), method);
        }

        @Bean
        ClientHttpConnectorBuilder<?> connectors() {
            return settings ->
                    (method, uri, writer) -> new JdkClientHttpConnector().connect(method, resolved(uri), writer);
        }
    }

    /** The host is said to be ours, so that nothing hangs on how long a lookup takes. */
    private final ApplicationContextRunner web =
            Contexts.withWebClient(context).withPropertyValues("inmesh.services.legacy.shop.policy=round-robin");

    private static HttpServer outside() throws IOException {
        HttpServer outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        outside.createContext("/", exchange -> Pod.answer(exchange, 200, "outside"));
        outside.start();
        return outside;
    }

    @Test
    void a_client_that_passes_the_mesh_by_reaches_by_dns_what_others_reach_through_it() throws IOException {
        HttpServer outside = outside();
        String port = ":" + outside.getAddress().getPort();
        cluster.publish("legacy.shop" + port, pod().endpoint());
        web.withUserConfiguration(Dns.class, Legacy.class).run(started -> {
            String url = "http://legacy.shop" + port + "/";
            assertThat(started.getBean(RestClient.class)
                            .get()
                            .uri(url)
                            .retrieve()
                            .body(String.class))
                    .isEqualTo("outside");
            assertThat(started.getBean(WebClient.class)
                            .get()
                            .uri(url)
                            .retrieve()
                            .bodyToMono(String.class)
                            .block(LIMIT))
                    .isEqualTo("outside");
            assertThat(started.getBean(Mesh.class).snapshots()).isEmpty();
            assertThat(get(client(started), url)).isEqualTo("pod-11");
        });
        outside.stop(0);
    }

    @Test
    void what_builds_clients_without_the_mesh_is_what_boot_chose() {
        web.withPropertyValues(JDK).run(started -> {
            assertThat(MeshBypass.factories(started.getBean(ClientHttpRequestFactoryBuilder.class)))
                    .isInstanceOf(JdkClientHttpRequestFactoryBuilder.class);
            assertThat(MeshBypass.connectors(started.getBean(ClientHttpConnectorBuilder.class)))
                    .isInstanceOf(JdkClientHttpConnectorBuilder.class);
        });
        ClientHttpRequestFactoryBuilder<?> own = ClientHttpRequestFactoryBuilder.simple();
        assertThat(MeshBypass.factories(own)).isSameAs(own);
        ClientHttpConnectorBuilder<?> ownConnector = ClientHttpConnectorBuilder.jdk();
        assertThat(MeshBypass.connectors(ownConnector)).isSameAs(ownConnector);
    }

    @Test
    void excluded_hosts_are_not_looked_up_by_any_client() throws IOException {
        HttpServer outside = outside();
        String port = ":" + outside.getAddress().getPort();
        cluster.publish("legacy.shop" + port, pod().endpoint());
        web.withUserConfiguration(Dns.class)
                .withPropertyValues("inmesh.http.exclude=old,*.shop")
                .run(started -> {
                    String url = "http://legacy.shop" + port + "/";
                    assertThat(get(client(started), url)).isEqualTo("outside");
                    assertThat(started.getBean(WebClient.Builder.class)
                                    .build()
                                    .get()
                                    .uri(url)
                                    .retrieve()
                                    .bodyToMono(String.class)
                                    .block(LIMIT))
                            .isEqualTo("outside");
                    assertThat(started.getBean(Mesh.class).snapshots()).isEmpty();
                });
        outside.stop(0);
    }

    @Test
    void http_clients_are_left_as_they_were_if_told_so_and_the_mesh_stays() {
        web.withPropertyValues(JDK)
                .withPropertyValues("inmesh.http.enabled=false")
                .run(started -> {
                    assertThat(started).hasSingleBean(Mesh.class).doesNotHaveBean(MeshHttp.class);
                    assertThat(started.getBean(ClientHttpRequestFactory.class))
                            .isInstanceOf(JdkClientHttpRequestFactory.class);
                    assertThat(started.getBean(ClientHttpConnectorBuilder.class))
                            .isInstanceOf(JdkClientHttpConnectorBuilder.class);
                });
    }
}
