package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientSsl;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** A pod whose certificate is for the service's name, and for nothing else. */
class TlsTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final List<String> hosts = new CopyOnWriteArrayList<>();
    private final List<List<SNIServerName>> names = new CopyOnWriteArrayList<>();

    private HttpsServer server;
    private Path keys;
    private ApplicationContextRunner context;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        keys = directory.resolve("orders.p12");
        PodKeys.make(keys, "orders.shop");
        server = HttpsServer.create(new InetSocketAddress("127.0.0.51", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(PodKeys.serving(PodKeys.read(keys))));
        server.createContext("/", exchange -> {
            hosts.add(String.valueOf(exchange.getRequestHeaders().getFirst("Host")));
            names.add(((ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession()).getRequestedServerNames());
            Pod.answer(exchange, 200, "secret");
        });
        server.start();
        Endpoint pod = Endpoint.of("127.0.0.51", server.getAddress().getPort());
        cluster.publish("orders.shop:443", pod);
        cluster.publish("stock.shop:443", pod);
        context = trusting(Contexts.with(cluster))
                .withPropertyValues("inmesh.services.orders.shop.policy=rr", "inmesh.services.stock.shop.policy=rr");
    }

    private ApplicationContextRunner trusting(ApplicationContextRunner application) {
        return application.withPropertyValues(
                "spring.ssl.bundle.jks.cluster.truststore.location=" + keys.toUri(),
                "spring.ssl.bundle.jks.cluster.truststore.password=" + PodKeys.PASSWORD,
                "spring.ssl.bundle.jks.cluster.truststore.type=PKCS12");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @EnumSource
    void the_certificate_is_checked_against_the_services_name_and_the_pod_hears_it(Client client) {
        client.in(context)
                .withPropertyValues("spring.http.clients.ssl.bundle=cluster")
                .run(started -> {
                    assertThat(client.get(started, "https://orders.shop/")).isEqualTo("secret");
                    assertThat(hosts).containsExactly("orders.shop");
                    assertThat(names.get(0)).hasToString("[type=host_name (0), value=orders.shop]");
                });
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_for_another_service_is_refused_even_though_a_connection_to_the_pod_is_open(Client client) {
        client.in(context)
                .withPropertyValues("spring.http.clients.ssl.bundle=cluster")
                .run(started -> {
                    assertThat(client.get(started, "https://orders.shop/")).isEqualTo("secret");
                    assertThatThrownBy(() -> client.get(started, "https://stock.shop/"))
                            .isInstanceOf(client.failure())
                            .hasCauseInstanceOf(SSLException.class)
                            .hasMessageContaining("stock.shop");
                    assertThat(hosts).containsExactly("orders.shop");
                });
    }

    @Test
    void a_client_with_a_bundle_of_its_own_reaches_pods_all_the_same() {
        Contexts.withWebClient(context).run(started -> {
            RestClient blocking = started.getBean(RestClient.Builder.class)
                    .apply(started.getBean(RestClientSsl.class).fromBundle("cluster"))
                    .build();
            assertThat(blocking.get().uri("https://orders.shop/").retrieve().body(String.class))
                    .isEqualTo("secret");
            WebClient reactive = started.getBean(WebClient.Builder.class)
                    .apply(started.getBean(WebClientSsl.class).fromBundle("cluster"))
                    .build();
            assertThat(reactive.get()
                            .uri("https://orders.shop/")
                            .retrieve()
                            .bodyToMono(String.class)
                            .block(Duration.ofSeconds(30)))
                    .isEqualTo("secret");
            assertThat(hosts).containsExactly("orders.shop", "orders.shop");
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_that_nobody_vouches_for_is_refused(Client client) {
        client.in(context).run(started -> assertThatThrownBy(() -> client.get(started, "https://orders.shop/"))
                .isInstanceOf(client.failure())
                .hasCauseInstanceOf(SSLException.class));
    }

    /** Trusts by code what no bundle speaks of. */
    private record Trusting(Path keys)
            implements ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> {
        @Override
        public ReactorClientHttpConnectorBuilder customize(ReactorClientHttpConnectorBuilder builder) {
            return builder.withHttpClientCustomizer(client -> client.secure(spec -> {
                try {
                    KeyStore store = PodKeys.read(keys);
                    TrustManagerFactory trust =
                            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                    trust.init(store);
                    spec.sslContext(
                            SslContextBuilder.forClient().trustManager(trust).build());
                } catch (GeneralSecurityException | IOException e) {
                    throw new IllegalStateException("the test's own keys cannot be read", e);
                }
            }));
        }
    }

    @Test
    void what_the_application_trusts_by_code_holds_for_requests_of_web_client_to_services_too() {
        Client.WEB_CLIENT
                .in(context)
                .withBean(ClientHttpConnectorBuilderCustomizer.class, () -> new Trusting(keys))
                .run(started -> {
                    assertThat(Client.WEB_CLIENT.get(started, "https://orders.shop/"))
                            .isEqualTo("secret");
                    assertThatThrownBy(() -> Client.WEB_CLIENT.get(started, "https://stock.shop/"))
                            .hasCauseInstanceOf(SSLException.class)
                            .hasMessageContaining("stock.shop");
                });
    }

    /** DNS as an application would have it: its client for other hosts finds the server, and nothing of ours asks. */
    @Configuration(proxyBeanMethods = false)
    static class Dns {
        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> blocking() {
            return builder -> builder.withHttpClientCustomizer(client -> client.resolver(new EveryNameIsThere()));
        }

        @Bean
        ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> reactive() {
            return builder -> builder.withHttpClientCustomizer(client -> client.resolver(new EveryNameIsThere()));
        }
    }

    /** All names lead to the one server. */
    private static final class EveryNameIsThere extends AddressResolverGroup<InetSocketAddress> {
        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) throws UnknownHostException {
                    promise.setSuccess(there(name));
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise)
                        throws UnknownHostException {
                    promise.setSuccess(List.of(there(name)));
                }
            }.asAddressResolver();
        }

        private static InetAddress there(String name) throws UnknownHostException {
            return InetAddress.getByAddress(name, new byte[] {127, 0, 0, 51});
        }
    }

    /** The server plays one outside that has a name as services have them; the cluster has no service of that name. */
    @ParameterizedTest
    @EnumSource
    void an_outside_host_that_is_no_service_is_reached_as_without_the_mesh(Client client) {
        int port = server.getAddress().getPort();
        FakeEndpoints empty = new FakeEndpoints("k8s");
        empty.say("orders.shop:" + port, new Unresolved(Reason.NOT_FOUND, "orders in namespace shop: no such Service"));
        client.in(trusting(Contexts.with(empty)))
                .withUserConfiguration(Dns.class)
                .withPropertyValues(
                        "spring.http.clients.ssl.bundle=cluster",
                        "spring.http.clients.imperative.factory=reactor",
                        "spring.http.clients.reactive.connector=reactor")
                .run(started -> {
                    String url = "https://orders.shop:" + port + "/";
                    assertThat(client.get(started, url)).isEqualTo("secret");
                    assertThat(client.get(started, url)).isEqualTo("secret");
                    assertThat(hosts).hasSize(2).containsOnly("orders.shop:" + port);
                    assertThat(names.get(0)).hasToString("[type=host_name (0), value=orders.shop]");
                    assertThat(started.getBean(Mesh.class).snapshots()).isEmpty();
                });
    }
}
