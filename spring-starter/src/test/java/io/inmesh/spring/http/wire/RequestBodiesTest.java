package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

/** Bodies of requests, written while they are sent. */
@Timeout(60)
class RequestBodiesTest extends WireFixture {

    private static void awaitAll(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("it did not come to that");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "DELETE", "PATCH"})
    void a_body_with_a_length_is_sent_as_long_as_that(String method) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        HttpMethod any = HttpMethod.valueOf(method);
        exchange(peer(server), request(any, "/", text("order"), "Content-Length", "5"));
        ScriptedServer.Request sent = server.requests().get(0);
        assertThat(sent.firstLine()).isEqualTo(method + " / HTTP/1.1");
        assertThat(sent.header("Content-Length")).containsExactly("5");
        assertThat(sent.header("Transfer-Encoding")).isEmpty();
        assertThat(sent.body()).isEqualTo("order");
    }

    @Test
    void a_body_without_a_length_is_sent_in_chunks() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        String large = "0123456789".repeat(3000);
        for (int i = 0; i < 2; i++) {
            exchange(peer(server), request(HttpMethod.POST, "/", once(out -> {
                out.write('<');
                out.flush();
                out.write(bytes(large));
                out.write('>');
                out.close();
            })));
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0);
        assertThat(server.requests()).allSatisfy(sent -> {
            assertThat(sent.header("Content-Length")).isEmpty();
            assertThat(sent.header("Transfer-Encoding")).containsExactly("chunked");
            assertThat(sent.body()).isEqualTo("<" + large + ">");
        });
    }

    @Test
    void what_may_have_a_body_and_has_none_says_so() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        exchange(peer(server), request(HttpMethod.POST, "/", null, "Content-Length", "7"));
        exchange(peer(server), request(HttpMethod.GET, "/", null, "Transfer-Encoding", "chunked"));
        assertThat(server.requests().get(0).header("Content-Length")).containsExactly("0");
        assertThat(server.requests().get(1).head()).doesNotContain("Content-Length", "Transfer-Encoding");
    }

    @Test
    void the_length_and_the_chunking_are_said_once() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        exchange(
                peer(server),
                request(HttpMethod.PUT, "/", text("order"), "Content-Length", "5", "Transfer-Encoding", "chunked"));
        exchange(peer(server), request(HttpMethod.PUT, "/", text("order"), "transfer-encoding", "chunked"));
        assertThat(server.requests().get(0).header("Content-Length")).containsExactly("5");
        assertThat(server.requests().get(0).header("Transfer-Encoding")).isEmpty();
        assertThat(server.requests().get(1).header("Transfer-Encoding")).containsExactly("chunked");
        assertThat(server.requests().get(1).body()).isEqualTo("order");
    }

    private static Stream<Arguments> failures() {
        return Stream.of(
                        new IOException("no file"),
                        new IllegalStateException("no order"),
                        new AssertionError("no way"),
                        new Exception("undeclared"))
                .flatMap(failure -> Stream.of(
                        Arguments.of(failure, "Content-Length", false),
                        Arguments.of(failure, "X-Unknown-Length", false),
                        Arguments.of(failure, "X-Unknown-Length", true)));
    }

    /** Throws it, declared or not, as other languages do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void fail(Throwable failure) throws E {
        throw (E) failure;
    }

    /** Half a body must not look like a whole one to the peer, above all not the end of chunks. */
    @ParameterizedTest
    @MethodSource("failures")
    void what_the_bodys_writer_throws_comes_out_and_the_peer_does_not_see_a_whole_request(
            Throwable failure, String length, boolean flushed) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        exchange(peer(server), get("/"));
        WireRequest request = request(
                HttpMethod.POST,
                "/half",
                once(out -> {
                    out.write(bytes("half of it"));
                    if (flushed) {
                        out.flush();
                    }
                    RequestBodiesTest.<IOException>fail(failure);
                }),
                length,
                "100");
        Transmission transmission = new Transmission();
        assertThatThrownBy(() -> client.send(peer(server), PATIENT, request, transmission))
                .isSameAs(failure);
        assertThat(transmission.bodyFailure()).isSameAs(failure);
        until(() -> server.open() == 0);
        assertThat(server.requests()).hasSize(1);
        assertThat(exchange(peer(server), get("/next"))).isEqualTo("ok");
        assertThat(connectionsOf(server)).containsExactly(0, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ord", "orders"})
    void a_body_that_is_not_as_long_as_it_says_is_refused(String body) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        assertThatThrownBy(() -> send(peer(server), request(HttpMethod.POST, "/", text(body), "Content-Length", "5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("header Content-Length says 5, and the body ");
        until(() -> server.open() == 0);
        assertThat(exchange(peer(server), get("/next"))).isEqualTo("ok");
    }

    @Test
    void a_body_waits_for_100_continue_where_the_caller_says_so() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        ScriptedServer server = server(connection -> {
            String head = connection.readHead();
            asked.countDown();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(connection.socket().getInputStream().readNBytes(5)).isEqualTo(bytes("order"));
            connection.send(OK);
            assertThat(head).contains("100-continue");
        });
        WireRequest request = request(
                HttpMethod.POST,
                "/",
                once(out -> {
                    awaitAll(asked);
                    out.write(bytes("order"));
                }),
                "Content-Length",
                "5",
                "Expect",
                "100-continue");
        assertThat(exchange(peer(server), request)).isEqualTo("ok");
    }

    @Test
    void a_body_that_was_refused_before_leaves_no_connection_that_waits_for_it() throws Exception {
        ScriptedServer server = server(connection -> {
            while (connection.readHead() != null) {
                connection.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
            }
        });
        for (int i = 0; i < 2; i++) {
            WireRequest request = request(HttpMethod.POST, "/", once(OutputStream::close), "Expect", "100-continue");
            assertThat(send(peer(server), request).getStatusCode().value()).isEqualTo(417);
        }
        assertThat(server.connections()).hasSize(2);
    }
}
