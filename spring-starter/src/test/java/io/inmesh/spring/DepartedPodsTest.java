package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.web.client.RestClient;

/** Connections to pods that have left. */
@Timeout(120)
class DepartedPodsTest extends OrdersFixture {
    /** Shorter than the 15 s after which any idle connection is closed. */
    private static final Duration SOON = Duration.ofSeconds(10);

    /** A pod that keeps connections open, and says who hangs up. */
    private static final class KeepingPod implements AutoCloseable {
        private final ServerSocket server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger connected = new AtomicInteger();
        private final AtomicInteger hungUp = new AtomicInteger();
        private final CountDownLatch asked = new CountDownLatch(1);
        private volatile CountDownLatch answers = new CountDownLatch(0);

        private KeepingPod(int number) throws IOException {
            server = new ServerSocket(0, 64, InetAddress.getByName("127.0.0." + number));
            threads.execute(this::accept);
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    connected.incrementAndGet();
                    threads.execute(() -> serve(socket));
                } catch (IOException e) {
                    return; // Closed with the test.
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                String line;
                while ((line = in.readLine()) != null) {
                    if (line.isEmpty()) {
                        asked.countDown();
                        answers.await();
                        socket.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException | InterruptedException e) {
                // A reset is a hanging up too, and an interruption the test's end.
            } finally {
                hungUp.incrementAndGet();
            }
        }

        private Endpoint endpoint() {
            return Endpoint.of(server.getInetAddress().getHostAddress(), server.getLocalPort());
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            threads.shutdownNow();
        }
    }

    @Test
    void idle_connections_to_a_pod_that_left_or_drains_are_closed_and_those_to_others_stay() throws Exception {
        try (KeepingPod stays = new KeepingPod(71);
                KeepingPod drains = new KeepingPod(72);
                KeepingPod leaves = new KeepingPod(73)) {
            cluster.publish("orders.shop:80", stays.endpoint(), drains.endpoint(), leaves.endpoint());
            context.run(started -> {
                RestClient client = client(started);
                for (int i = 0; i < 6; i++) {
                    assertThat(get(client, "http://orders.shop/")).isEqualTo("kept");
                }
                assertThat(stays.connected).hasPositiveValue();
                int drained = drains.connected.get();
                int left = leaves.connected.get();
                assertThat(drained).isPositive();
                assertThat(left).isPositive();
                cluster.publish(
                        "orders.shop:80",
                        stays.endpoint(),
                        drains.endpoint().withUsability(new Usability.Draining("C-4")));
                await().atMost(SOON).until(() -> drains.hungUp.get() == drained && leaves.hungUp.get() == left);
                assertThat(stays.hungUp).hasValue(0);
                assertThat(get(client, "http://orders.shop/")).isEqualTo("kept");
                cluster.say("orders.shop:80", new Unresolved(Reason.NOT_FOUND, "orders was deleted"));
                await().atMost(SOON).until(() -> stays.hungUp.get() == stays.connected.get());
            });
        }
    }

    @Test
    void a_request_that_runs_at_a_pod_that_leaves_finishes_and_its_connection_is_closed_then() throws Exception {
        Pod other = pod();
        try (KeepingPod leaves = new KeepingPod(74)) {
            leaves.answers = new CountDownLatch(1);
            cluster.publish("orders.shop:80", leaves.endpoint());
            context.run(started -> {
                RestClient client = client(started);
                CompletableFuture<String> running =
                        CompletableFuture.supplyAsync(() -> get(client, "http://orders.shop/"));
                assertThat(leaves.asked.await(30, TimeUnit.SECONDS)).isTrue();
                ordersAre(other);
                await().atMost(SOON)
                        .until(() -> get(client, "http://orders.shop/").equals(other.name()));
                assertThat(leaves.hungUp).hasValue(0);
                leaves.answers.countDown();
                assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo("kept");
                await().atMost(SOON).until(() -> leaves.hungUp.get() == 1);
            });
        }
    }
}
