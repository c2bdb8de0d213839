package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

/** What went wrong, and whether anything may have been sent before. */
@Timeout(60)
class SentOrNotTest extends WireFixture {
    private static final Duration SHORT = Duration.ofMillis(100);

    private final Transmission transmission = new Transmission();

    private @Nullable Throwable failureOf(Peer peer, Limits limits, WireRequest request) throws InterruptedException {
        return Asking.start(() -> read(client.send(peer, limits, request, transmission)))
                .thrown();
    }

    /** An address where connections are made until some wait that nobody accepts. */
    private static final class FullPod implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.82"));
        private final List<Socket> waiting = new ArrayList<>();

        private FullPod() throws IOException {
            boolean full = false;
            while (!full) {
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(server.getLocalSocketAddress(), 200);
                } catch (SocketTimeoutException e) {
                    full = true;
                }
            }
        }

        private Peer peer() {
            return new Peer("orders.shop", (InetSocketAddress) server.getLocalSocketAddress(), null);
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
    void nothing_is_sent_where_nobody_listens() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        server.close();
        assertThat(failureOf(peer(server), PATIENT, get("/")))
                .isInstanceOf(ConnectException.class)
                .hasMessage("Connection refused");
        assertThat(transmission.hasBegun()).isFalse();
    }

    @Test
    void nothing_is_sent_without_a_connection_in_time() throws Exception {
        try (FullPod full = new FullPod()) {
            assertThat(failureOf(full.peer(), new Limits(SHORT, LONG), get("/")))
                    .isInstanceOf(ConnectException.class)
                    .hasMessage("no connection within PT0.1S");
        }
        assertThat(transmission.hasBegun()).isFalse();
    }

    @Test
    void nothing_is_sent_where_tls_is_refused() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
            connection.untilHungUp();
        });
        Peer peer = new Peer("orders.shop", server.address(), client.tls(Certificates.TRUSTING));
        assertThat(failureOf(peer, PATIENT, get("/"))).isInstanceOf(SSLException.class);
        assertThat(transmission.hasBegun()).isFalse();
    }

    @Test
    void nothing_is_sent_of_what_was_taken_back_before() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        exchange(peer(server), get("/"));
        transmission.cancel();
        assertThat(failureOf(peer(server), PATIENT, get("/"))).isInstanceOf(InterruptedIOException.class);
        assertThat(transmission.hasBegun()).isFalse();
        assertThat(server.requests()).hasSize(1);
        until(() -> server.open() == 0);
    }

    @Test
    void nothing_is_sent_of_what_cannot_be_sent() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        assertThat(failureOf(peer(server), PATIENT, get("/", "X-Order", "a\nb")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(failureOf(peer(server), PATIENT, request(HttpMethod.TRACE, "/", text("x"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(transmission.hasBegun()).isFalse();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void something_may_have_been_sent_before_a_reset() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.reset();
        });
        assertThat(failureOf(peer(server), PATIENT, get("/")))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(ConnectException.class);
        assertThat(transmission.hasBegun()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-L",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
                "220 smtp.shop\r\n",
                "HTTP/1.1 20x OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\no"
            })
    void an_answer_that_is_none_or_not_whole_is_a_failure_and_its_connection_is_closed(String said) throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send(said);
            connection.socket().shutdownOutput();
            connection.untilHungUp();
        });
        assertThat(failureOf(peer(server), PATIENT, get("/"))).isInstanceOf(IOException.class);
        assertThat(transmission.hasBegun()).isTrue();
        until(() -> server.open() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"})
    void no_answer_in_time_and_a_body_that_stalls_are_a_timeout(String said) throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send(said);
            connection.untilHungUp();
        });
        assertThat(failureOf(peer(server), new Limits(LONG, SHORT), get("/")))
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(transmission.hasBegun()).isTrue();
        until(() -> server.open() == 0);
    }

    @Test
    void no_answer_in_time_is_a_timeout_with_tls_too() throws Exception {
        ScriptedServer server = server(Certificates.serving(), connection -> {
            connection.read();
            connection.send(connection.number() == 0 ? "" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
            connection.untilHungUp();
        });
        Peer peer = new Peer("orders.shop", server.address(), client.tls(Certificates.TRUSTING));
        for (int i = 0; i < 2; i++) {
            assertThat(failureOf(peer, new Limits(LONG, SHORT), get("/"))).isInstanceOf(SocketTimeoutException.class);
        }
        until(() -> server.open() == 0);
    }

    private void assertThatInterruptionIsTold(Asking asking) throws InterruptedException {
        asking.interrupt();
        assertThat(asking.thrown())
                .isInstanceOf(InterruptedIOException.class)
                .isNotInstanceOf(SocketTimeoutException.class)
                .hasMessage("interrupted");
        assertThat(asking.isStillInterrupted()).isTrue();
    }

    @Test
    void an_interruption_ends_the_waiting_for_a_connection() throws Exception {
        try (FullPod full = new FullPod()) {
            assertThatInterruptionIsTold(Asking.start(() -> client.send(full.peer(), PATIENT, get("/"), transmission)));
        }
        assertThat(transmission.hasBegun()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_interruption_ends_the_waiting_for_the_answer_and_for_its_body(boolean withTls) throws Exception {
        ScriptedServer server = server(withTls ? Certificates.serving() : null, connection -> {
            connection.read();
            connection.send(connection.number() == 0 ? "" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
            connection.untilHungUp();
        });
        Peer peer = new Peer("orders.shop", server.address(), withTls ? client.tls(Certificates.TRUSTING) : null);
        Asking waiting = Asking.start(() -> send(peer, get("/")));
        until(() -> server.requests().size() == 1);
        assertThatInterruptionIsTold(waiting);
        CountDownLatch begun = new CountDownLatch(1);
        Asking reading = Asking.start(() -> {
            WireResponse answer = send(peer, get("/"));
            assertThat(answer.getBody().read()).isEqualTo('o');
            begun.countDown();
            answer.getBody().read();
        });
        begun.await();
        assertThatInterruptionIsTold(reading);
        until(() -> server.open() == 0);
    }
}
