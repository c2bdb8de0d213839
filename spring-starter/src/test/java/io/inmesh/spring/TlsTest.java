package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.inmesh.api.Endpoint;
import io.inmesh.api.testing.FakeEndpoints;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/** A pod whose certificate is for the service's name, and for nothing else. */
class TlsTest {
    private static final String PASSWORD = "changeit";

    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final List<String> hosts = new CopyOnWriteArrayList<>();
    private final List<List<SNIServerName>> names = new CopyOnWriteArrayList<>();

    private HttpsServer server;
    private ApplicationContextRunner context;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        Path keys = directory.resolve("orders.p12");
        makeKey(keys, "orders.shop");
        server = HttpsServer.create(new InetSocketAddress("127.0.0.51", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(serving(keys)));
        server.createContext("/", exchange -> {
            hosts.add(String.valueOf(exchange.getRequestHeaders().getFirst("Host")));
            names.add(((ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession()).getRequestedServerNames());
            Pod.answer(exchange, 200, "secret");
        });
        server.start();
        Endpoint pod = Endpoint.of("127.0.0.51", server.getAddress().getPort());
        cluster.publish("orders.shop:443", pod);
        cluster.publish("stock.shop:443", pod);
        context = Contexts.with(cluster)
                .withPropertyValues(
                        "inmesh.services.orders.shop.policy=rr",
                        "inmesh.services.stock.shop.policy=rr",
                        "spring.ssl.bundle.jks.cluster.truststore.location=" + keys.toUri(),
                        "spring.ssl.bundle.jks.cluster.truststore.password=" + PASSWORD,
                        "spring.ssl.bundle.jks.cluster.truststore.type=PKCS12");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void makeKey(Path keys, String name) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "pod",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
    }

    private static SSLContext serving(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        return tls;
    }

    private static String get(ApplicationContext started, String url) {
        RestClient client = started.getBean(RestClient.Builder.class).build();
        return String.valueOf(client.get().uri(url).retrieve().body(String.class));
    }

    @Test
    void the_certificate_is_checked_against_the_services_name_and_the_pod_hears_it() {
        context.withPropertyValues("spring.http.clients.ssl.bundle=cluster").run(started -> {
            assertThat(get(started, "https://orders.shop/")).isEqualTo("secret");
            assertThat(hosts).containsExactly("orders.shop");
            assertThat(names.get(0)).hasToString("[type=host_name (0), value=orders.shop]");
        });
    }

    @Test
    void a_certificate_for_another_service_is_refused_even_though_a_connection_to_the_pod_is_open() {
        context.withPropertyValues("spring.http.clients.ssl.bundle=cluster").run(started -> {
            assertThat(get(started, "https://orders.shop/")).isEqualTo("secret");
            assertThatThrownBy(() -> get(started, "https://stock.shop/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasCauseInstanceOf(SSLException.class)
                    .hasMessageContaining("stock.shop");
            assertThat(hosts).containsExactly("orders.shop");
        });
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused() {
        context.run(started -> assertThatThrownBy(() -> get(started, "https://orders.shop/"))
                .isInstanceOf(ResourceAccessException.class)
                .hasCauseInstanceOf(SSLException.class));
    }

    private static String getReactively(ApplicationContext started, String url) {
        WebClient client = started.getBean(WebClient.Builder.class).build();
        return String.valueOf(
                client.get().uri(url).retrieve().bodyToMono(String.class).block(Duration.ofSeconds(30)));
    }

    @Test
    void webclient_checks_the_certificate_against_the_services_name_too() {
        Contexts.withWebClient(context)
                .withPropertyValues("spring.http.clients.ssl.bundle=cluster")
                .run(started -> {
                    assertThat(getReactively(started, "https://orders.shop/")).isEqualTo("secret");
                    assertThat(hosts).containsExactly("orders.shop");
                    assertThat(names.get(0)).hasToString("[type=host_name (0), value=orders.shop]");
                    assertThatThrownBy(() -> getReactively(started, "https://stock.shop/"))
                            .isInstanceOf(WebClientRequestException.class)
                            .hasCauseInstanceOf(SSLException.class)
                            .hasMessageContaining("stock.shop");
                    assertThat(hosts).containsExactly("orders.shop");
                });
    }
}
