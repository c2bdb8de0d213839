package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.ResourceAccessException;

/** Requests of blocking clients whose sending does not come to its end, and who is to blame. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenBodiesTest extends OrdersFixture {
    /** More than the buffers of both sides hold, as JSON, which is written piece by piece. */
    private static final List<Item> MANY = Collections.nCopies(500_000, new Item("something that takes its place"));

    public record Item(String name) {}

    /** What cannot be told when it is written. */
    public record Lazy(String name) {
        @Override
        public String name() {
            throw new IllegalStateException("no session any more");
        }
    }

    /** A server that sees the beginning of a request, answers it as told, and hangs up. */
    private static final class HastyPod implements AutoCloseable {
        private final ServerSocket server;
        private final String answer;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger asked = new AtomicInteger();

        private HastyPod(int number, String answer) throws IOException {
            this.server = new ServerSocket(0, 64, InetAddress.getByName("127.0.0." + number));
            this.answer = answer;
            threads.execute(this::accept);
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    threads.execute(() -> serve(socket));
                } catch (IOException e) {
                    return; // Closed with the test.
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                InputStream in = socket.getInputStream();
                int seen = in.readNBytes(1000).length;
                if (seen > 0) {
                    asked.incrementAndGet();
                }
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                if (answer.isEmpty()) {
                    socket.setSoLinger(true, 0);
                } else {
                    socket.shutdownOutput();
                    in.transferTo(OutputStream.nullOutputStream());
                }
            } catch (IOException e) {
                // The client has what it wanted.
            }
        }

        private Endpoint endpoint() {
            return Endpoint.of(server.getInetAddress().getHostAddress(), server.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            server.close();
            threads.shutdownNow();
        }
    }

    /** An address that lets connections wait for ever: nobody accepts those that there are, and there may be no more. */
    private static final class FullPod implements Closeable {
        private final ServerSocket server;
        private final List<Socket> waiting = new ArrayList<>();

        private FullPod(int number) throws IOException {
            server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0." + number));
            boolean full = false;
            for (int i = 0; i < 64 && !full; i++) {
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 200);
                } catch (SocketTimeoutException e) {
                    full = true;
                }
            }
            assertThat(full).as("no more connections").isTrue();
        }

        private Endpoint endpoint() {
            return Endpoint.of(server.getInetAddress().getHostAddress(), server.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            for (Socket each : waiting) {
                each.close();
            }
            server.close();
        }
    }

    @Test
    void a_post_whose_pod_accepts_no_connection_in_time_goes_to_another_pod() throws IOException {
        Pod good = pod();
        try (FullPod full = new FullPod(81)) {
            cluster.publish("orders.shop:80", full.endpoint(), good.endpoint());
            context.withPropertyValues("spring.http.clients.connect-timeout=200ms")
                    .run(started -> {
                        for (int i = 0; i < 4; i++) {
                            assertThat(client(started)
                                            .post()
                                            .uri("http://orders.shop/")
                                            .body("1")
                                            .retrieve()
                                            .body(String.class))
                                    .isEqualTo(good.name());
                        }
                    });
        }
    }

    @Test
    void a_pod_that_accepts_no_connection_in_time_is_named() throws IOException {
        try (FullPod full = new FullPod(82)) {
            cluster.publish("orders.shop:80", full.endpoint());
            context.withPropertyValues("spring.http.clients.connect-timeout=200ms")
                    .run(started -> assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                            .isInstanceOf(ResourceAccessException.class)
                            .hasCauseInstanceOf(java.net.ConnectException.class)
                            .hasMessageContaining(
                                    "orders.shop at " + full.endpoint().address() + ": no connection within PT0.2S"));
        }
    }

    @Test
    void a_put_whose_pod_dies_while_its_body_is_sent_goes_to_another_pod_and_a_post_is_told_which_pod_that_was()
            throws IOException {
        Pod good = pod();
        try (HastyPod dies = new HastyPod(83, "")) {
            cluster.publish("orders.shop:80", dies.endpoint(), good.endpoint());
            context.run(started -> {
                for (int i = 0; i < 4; i++) {
                    assertThat(client(started)
                                    .put()
                                    .uri("http://orders.shop/")
                                    .contentType(MediaType.APPLICATION_JSON)
                                    .body(MANY)
                                    .retrieve()
                                    .body(String.class))
                            .isEqualTo(good.name());
                }
                assertThat(dies.asked).hasPositiveValue();
            });
            cluster.publish("orders.shop:80", dies.endpoint());
            context.run(started -> assertThatThrownBy(() -> client(started)
                            .post()
                            .uri("http://orders.shop/")
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(MANY)
                            .retrieve()
                            .toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class)
                    .hasMessageContaining("orders.shop at " + dies.endpoint().address()));
        }
    }

    @Test
    void an_answer_that_comes_before_all_of_a_body_is_sent_is_the_answer() throws IOException {
        try (HastyPod refuses =
                new HastyPod(84, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")) {
            cluster.publish("orders.shop:80", refuses.endpoint());
            context.run(started -> {
                for (int i = 0; i < 4; i++) {
                    assertThatThrownBy(() -> client(started)
                                    .post()
                                    .uri("http://orders.shop/")
                                    .contentType(MediaType.APPLICATION_JSON)
                                    .body(MANY)
                                    .retrieve()
                                    .toBodilessEntity())
                            .isInstanceOf(HttpClientErrorException.Unauthorized.class);
                }
            });
        }
    }

    @Test
    void what_fails_in_the_body_itself_is_the_callers_and_blames_nobody() {
        Pod pod = pod();
        ordersAre(pod);
        context.run(started -> {
            assertThatThrownBy(() -> client(started)
                            .post()
                            .uri("http://orders.shop/")
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(new Lazy("of another session"))
                            .retrieve()
                            .toBodilessEntity())
                    .isInstanceOf(HttpMessageNotWritableException.class)
                    .hasMessageContaining("no session any more");
            assertThatThrownBy(() -> client(started)
                            .post()
                            .uri("http://orders.shop/")
                            .header(HttpHeaders.CONTENT_LENGTH, "5")
                            .body(out -> {
                                out.write(1);
                                throw new UncheckedIOException(new IOException("the disk is gone"));
                            })
                            .retrieve()
                            .toBodilessEntity())
                    .hasStackTraceContaining("the disk is gone");
            assertThat(inFlight(started)).isZero();
            assertThat(get(client(started), "http://orders.shop/")).isEqualTo(pod.name());
        });
        assertThat(pod.seen()).hasSize(1);
    }

    /** Reading, skipping: whoever hears that an answer's body broke hears of which pod it was, and the pod's account does. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_body_of_an_answer_that_breaks_names_the_pod(boolean skips) throws IOException {
        try (HastyPod stops = new HastyPod(85, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")) {
            cluster.publish("orders.shop:80", stops.endpoint());
            context.run(started -> {
                assertThatThrownBy(() -> client(started)
                                .post()
                                .uri("http://orders.shop/")
                                .body("x".repeat(2000))
                                .exchange((request, response) -> {
                                    InputStream body = response.getBody();
                                    assertThat(body.skip(-1)).isZero();
                                    if (skips) {
                                        body.skipNBytes(100);
                                    }
                                    return body.readAllBytes();
                                }))
                        .hasStackTraceContaining(
                                "orders.shop at " + stops.endpoint().address());
                assertThat(inFlight(started)).isZero();
            });
        }
    }
}
