package io.inmesh.spring.http.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.request.RequestRules;
import io.inmesh.spring.http.ConfiguredServices;
import io.inmesh.spring.http.Departures;
import io.inmesh.spring.http.Destination;
import io.inmesh.spring.http.ExcludedHosts;
import io.inmesh.spring.http.HttpHead;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.SessionToken;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/** What becomes of the connections of single attempts. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PodExchangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Mesh mesh = Mesh.builder().build();
    private final MeshHttp http = new MeshHttp(mesh, ConfiguredServices.none(), ExcludedHosts.none(), new Departures());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean over;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/endless", this::talk);
        server.createContext("/empty", exchange -> {
            connections.add(exchange.getRemoteAddress().getPort());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
    }

    private void talk(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            while (!over) {
                body.write(new byte[1000]);
                body.flush();
            }
        } catch (IOException e) {
            hungUp.countDown();
        }
    }

    @AfterEach
    void close() {
        over = true;
        server.stop(0);
        threads.shutdownNow();
        http.close();
        mesh.close();
    }

    private PodExchange exchange(String path) {
        return new PodExchange(
                new Destination(http, HttpClientSettings.defaults(), URI.create("http://orders.shop" + path)),
                HttpMethod.GET,
                new HttpHeaders(),
                null,
                SessionToken.of(RequestRules.NONE, new HttpHead(HttpMethod.GET, URI.create(path), HttpHeaders.EMPTY)));
    }

    @Test
    void an_answer_that_may_be_endless_is_not_read_for_nobody() throws Exception {
        PodExchange exchange = exchange("/endless");
        exchange.discard(exchange.send(lease()));
        assertThat(hungUp.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** A connection goes back to the pool just after its answer is there, so that a quick caller may need a second one. */
    @Test
    void the_connection_of_an_attempt_that_is_over_is_not_closed_when_that_is_taken_back_too_late() throws Exception {
        PodExchange exchange = exchange("/empty");
        for (int i = 0; i < 20; i++) {
            BlockingSending sending = new BlockingSending();
            try (LeasedResponse answer = exchange.send(lease(), sending)) {
                assertThat(answer.getStatusCode().value()).isEqualTo(204);
            }
            sending.transmission().cancel();
        }
        assertThat(connections).hasSizeLessThan(10);
    }

    private Lease lease() {
        Endpoint endpoint = Endpoint.of("127.0.0.1", server.getAddress().getPort());
        return new Lease() {
            @Override
            public Endpoint endpoint() {
                return endpoint;
            }

            @Override
            public void answered() {}

            @Override
            public void streams() {}

            @Override
            public void report(LoadReport report) {}

            @Override
            public boolean complete(Outcome outcome) {
                return true;
            }

            @Override
            public void close() {}
        };
    }
}
