package io.inmesh.balancer.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Verdict;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksOverSocketsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Answers every path with the status it is told, and remembers what it was last asked. */
    private static final class StatusServer implements AutoCloseable {
        private final HttpServer server;
        private final AtomicInteger status;
        private volatile String asked = "";

        StatusServer(int status) throws IOException {
            this.status = new AtomicInteger(status);
            this.server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
            server.createContext("/", exchange -> {
                asked = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("Host");
                exchange.sendResponseHeaders(this.status.get(), -1);
                exchange.close();
            });
            server.start();
        }

        Endpoint endpoint() {
            return Endpoint.of(LOOPBACK.getHostAddress(), server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static String answer(CompletableFuture<Void> question) throws InterruptedException {
        try {
            question.get();
            return "well";
        } catch (ExecutionException e) {
            return String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
        }
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void tcp_asks_for_a_connection() throws Exception {
        Check check = new TcpCheck(task -> {
            throw new AssertionError("nothing is to be looked up");
        });
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            assertThat(answer(check.ask(Endpoint.of(LOOPBACK.getHostAddress(), socket.getLocalPort()))))
                    .isEqualTo("well");
        }
        assertThat(answer(check.ask(Endpoint.of(LOOPBACK.getHostAddress(), unusedPort()))))
                .contains("refused");
    }

    @Test
    void names_are_looked_up_on_threads_that_may_wait() throws Exception {
        Queue<Runnable> waiting = new ArrayDeque<>();
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"));
                StatusServer server = new StatusServer(200)) {
            Check tcp = new TcpCheck(waiting::add);
            CompletableFuture<Void> takenBack = tcp.ask(Endpoint.of("localhost", socket.getLocalPort()));
            CompletableFuture<Void> asked = tcp.ask(Endpoint.of("localhost", socket.getLocalPort()));
            takenBack.cancel(true);
            assertThat(waiting).hasSize(2);
            waiting.remove().run();
            waiting.remove().run();
            assertThat(answer(asked)).isEqualTo("well");
            socket.accept().close();
            socket.setSoTimeout(1);
            assertThatThrownBy(socket::accept)
                    .as("the one that was taken back")
                    .isInstanceOf(SocketTimeoutException.class);

            CompletableFuture<Void> unknown = tcp.ask(Endpoint.of("no-such-host.invalid", 80));
            waiting.remove().run();
            assertThat(answer(unknown)).isEqualTo("host no-such-host.invalid is unknown");

            AtomicInteger tasks = new AtomicInteger();
            Check http = new HttpCheck("/", task -> {
                tasks.incrementAndGet();
                new Thread(task).start();
            });
            assertThat(answer(http.ask(server.endpoint()))).isEqualTo("well");
            assertThat(tasks).hasPositiveValue();
        }
    }

    @Test
    void a_mesh_looks_names_up_on_its_blocking_threads() throws Exception {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        CompletableFuture<String> lookedUpOn = new CompletableFuture<>();
        Map<String, String> settings = Map.of("check.mode", "tcp", "check.interval", "100ms", "check.timeout", "100ms");
        try (Mesh mesh = Mesh.builder()
                        .resolvers(cluster)
                        .defaults(settings)
                        .blocking(task -> lookedUpOn.complete("blocking"))
                        .build();
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            cluster.publish("orders.shop:http", Endpoint.of("localhost", unusedPort()));
            orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().join();
            assertThat(lookedUpOn.get(30, TimeUnit.SECONDS)).isEqualTo("blocking");
        }
    }

    @ParameterizedTest
    @CsvSource({"200, well", "204, well", "302, well", "399, well", "404, status 404", "503, status 503"})
    void http_takes_what_the_kubelet_takes(int status, String expected) throws Exception {
        try (StatusServer server = new StatusServer(status)) {
            Check check = new HttpCheck("/healthz?full=1", Runnable::run);
            assertThat(answer(check.ask(server.endpoint()))).isEqualTo(expected);
            assertThat(server.asked)
                    .isEqualTo("GET /healthz?full=1 " + server.endpoint().address());
        }
    }

    @Test
    void a_question_that_is_taken_back_closes_its_connection() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, LOOPBACK)) {
            Check check = new HttpCheck("/", Runnable::run);
            CompletableFuture<Void> question = check.ask(Endpoint.of(LOOPBACK.getHostAddress(), silent.getLocalPort()));
            try (var connection = silent.accept()) {
                connection.setSoTimeout(30_000);
                assertThat(connection.getInputStream().read()).isPositive();
                question.cancel(true);
                while (connection.getInputStream().read() >= 0) {
                    // The rest of the request; then the end of the stream, or this fails by the time above.
                }
            }
        }
    }

    @Test
    void an_endpoint_that_is_not_well_gets_no_requests_until_it_is_again() throws Exception {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        Map<String, String> settings = Map.of(
                "check.mode",
                "http",
                "check.path",
                "/ready",
                "check.interval",
                "2s",
                "check.timeout",
                "2s",
                "check.unhealthy-after",
                "1",
                "check.healthy-after",
                "1");
        try (StatusServer well = new StatusServer(200);
                StatusServer unwell = new StatusServer(500);
                Mesh mesh = Mesh.builder().resolvers(cluster).defaults(settings).build();
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            cluster.publish("orders.shop:http", well.endpoint(), unwell.endpoint());
            orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().join();
            // A busy machine may answer a question late: then the next one says what is so.
            await().atMost(PATIENCE).until(() -> verdict(orders, unwell)
                    .why()
                    .equals("active check (http /ready) failed, last: status 500"));
            await().atMost(PATIENCE).untilAsserted(() -> {
                for (int i = 0; i < 50; i++) {
                    assertThat(picked(orders)).isEqualTo(well.endpoint());
                }
            });
            unwell.status.set(200);
            await().atMost(PATIENCE).until(() -> picked(orders).equals(unwell.endpoint()));
        }
    }

    private static Verdict verdict(LoadBalancer balancer, StatusServer server) {
        return balancer.snapshot().endpoints().stream()
                .filter(view -> view.endpoint().equals(server.endpoint()))
                .findFirst()
                .orElseThrow()
                .verdict();
    }

    private static Endpoint picked(LoadBalancer balancer) {
        try (Lease lease = (Lease) balancer.pick(PickContext.NONE)) {
            lease.complete(Outcome.SUCCESS);
            return lease.endpoint();
        }
    }
}
