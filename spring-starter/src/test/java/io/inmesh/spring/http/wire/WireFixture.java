package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;

/** A client and a server that does as it is told. */
abstract class WireFixture {
    /** For what happens at once on any machine. */
    static final Duration LONG = Duration.ofSeconds(30);

    /** Shorter than the 15 s after which any idle connection is closed. */
    private static final Duration SOON = Duration.ofSeconds(10);

    static final Limits PATIENT = new Limits(LONG, LONG);
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    final WireClient client = new WireClient();
    private final List<ScriptedServer> servers = new ArrayList<>();

    ScriptedServer server(ScriptedServer.Script script) {
        return server(null, script);
    }

    ScriptedServer server(@Nullable SSLContext tls, ScriptedServer.Script script) {
        ScriptedServer started = ScriptedServer.start(tls, script);
        servers.add(started);
        return started;
    }

    @AfterEach
    void stop() {
        client.close();
        servers.forEach(ScriptedServer::close);
    }

    static Peer peer(ScriptedServer server) {
        return new Peer("orders.shop", server.address(), null);
    }

    static WireRequest get(String target, String... headers) {
        return request(HttpMethod.GET, target, null, headers);
    }

    /** A request with headers, given as name and value in turn. */
    static WireRequest request(
            HttpMethod method, String target, StreamingHttpOutputMessage.@Nullable Body body, String... headers) {
        HttpHeaders all = new HttpHeaders();
        all.add(HttpHeaders.HOST, "orders.shop");
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], headers[i + 1]);
        }
        return new WireRequest(method, target, all, body);
    }

    /** A body that can be written once. */
    static StreamingHttpOutputMessage.Body once(Writing writing) {
        return new StreamingHttpOutputMessage.Body() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                writing.writeTo(out);
            }

            @Override
            public boolean repeatable() {
                return false;
            }
        };
    }

    /** As {@link StreamingHttpOutputMessage.Body}, in a lambda. */
    @FunctionalInterface
    interface Writing {
        void writeTo(OutputStream out) throws IOException;
    }

    static StreamingHttpOutputMessage.Body text(String text) {
        return once(out -> out.write(bytes(text)));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    WireResponse send(Peer peer, WireRequest request) throws IOException {
        return client.send(peer, PATIENT, request, new Transmission());
    }

    /** Sends it, and reads the answer to its end. */
    String exchange(Peer peer, WireRequest request) throws IOException {
        return read(send(peer, request));
    }

    static String read(WireResponse answer) throws IOException {
        return new String(answer.getBody().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(condition);
    }

    static List<Integer> connectionsOf(ScriptedServer server) {
        return server.requests().stream()
                .map(ScriptedServer.Request::connection)
                .toList();
    }

    /** Does something on a thread of its own; what it threw is there when it has ended. */
    static final class Asking {
        /** What is done. */
        @FunctionalInterface
        interface Task {
            void run() throws Exception;
        }

        private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        private final Thread thread;

        /** Written by that thread before its end. */
        private volatile boolean stillInterrupted;

        private Asking(Task task) {
            thread = new Thread(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    thrown.set(e);
                }
                stillInterrupted = Thread.currentThread().isInterrupted();
            });
        }

        static Asking start(Task task) {
            Asking asking = new Asking(task);
            asking.thread.setDaemon(true);
            asking.thread.start();
            return asking;
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isStillInterrupted() {
            return stillInterrupted;
        }

        /** What it threw, or null, once it is over. */
        @Nullable
        Throwable thrown() throws InterruptedException {
            thread.join(LONG.toMillis());
            assertThat(thread.isAlive()).as("still running").isFalse();
            return thrown.get();
        }
    }
}
