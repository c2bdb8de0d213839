package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

/** What the peer does to a connection that carries nothing is seen before anything is sent on it. */
@Timeout(60)
class IdleConnectionsTest extends WireFixture {
    private static final int ROUNDS = 10;
    private static final String UNASKED =
            "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    /** What becomes of a connection after its first answer. */
    private static ScriptedServer.Script then(ScriptedServer.Script end) {
        return connection -> {
            if (connection.read() != null) {
                connection.send(OK);
                end.play(connection);
                connection.socket().setSoLinger(true, 30); // The end has arrived when it is closed.
            }
        };
    }

    private void assertThatAllArePosted(ScriptedServer server, Peer peer, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            assertThat(exchange(peer, request(HttpMethod.POST, "/" + i, text("order"), "Content-Length", "5")))
                    .isEqualTo("ok");
            ScriptedServer.Connection used = server.connections().get(i);
            until(used::isOver);
        }
        assertThat(server.requests()).hasSize(rounds).allSatisfy(request -> assertThat(request.body())
                .isEqualTo("order"));
    }

    private Peer secure(ScriptedServer server) {
        return new Peer("orders.shop", server.address(), client.tls(Certificates.TRUSTING));
    }

    @Test
    void a_peer_that_closed_it_fails_no_request_whose_body_can_be_written_once() throws Exception {
        ScriptedServer server = server(then(connection -> {}));
        assertThatAllArePosted(server, peer(server), 50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void nor_does_one_that_ended_its_tls(String protocol) throws Exception {
        SSLContext tls = Certificates.serving();
        ScriptedServer server = server(tls, connection -> {
            ((SSLSocket) connection.socket()).setEnabledProtocols(new String[] {protocol});
            then(ended -> {}).play(connection);
        });
        assertThatAllArePosted(server, secure(server), ROUNDS);
    }

    @Test
    void nor_does_one_that_sent_something_unasked_and_closed_it() throws Exception {
        ScriptedServer server = server(then(connection -> connection.send(UNASKED)));
        assertThatAllArePosted(server, peer(server), ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_came_unasked_in_one_piece_with_the_answer_is_no_answer_to_the_next_request(boolean withTls)
            throws Exception {
        ScriptedServer server =
                server(withTls ? Certificates.serving() : null, ScriptedServer.Script.answering(OK + UNASKED));
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(exchange(withTls ? secure(server) : peer(server), get("/")))
                    .isEqualTo("ok");
        }
        assertThat(server.connections()).hasSize(ROUNDS);
    }

    /** More than the buffers of HTTP hold, and in one record of TLS, of which the rest stays within TLS. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nor_is_what_came_in_one_piece_with_a_longer_one(boolean withTls) throws Exception {
        String body = "b".repeat(12_000);
        ScriptedServer server = server(
                withTls ? Certificates.serving() : null,
                ScriptedServer.Script.answering(
                        "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body + UNASKED));
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(exchange(withTls ? secure(server) : peer(server), get("/")))
                    .isEqualTo(body);
        }
        assertThat(server.connections()).hasSize(ROUNDS);
    }

    /** Without requests, since those that overtake what comes here find nothing. */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void one_that_was_reset_or_that_something_came_on_is_not_taken_again(boolean withTls, boolean isReset)
            throws Exception {
        CountDownLatch kept = new CountDownLatch(1);
        ScriptedServer server = server(withTls ? Certificates.serving() : null, connection -> {
            if (withTls) {
                ((SSLSocket) connection.socket()).startHandshake();
            }
            kept.await();
            if (isReset) {
                connection.reset();
            } else {
                connection.send(UNASKED);
                connection.untilHungUp();
            }
        });
        Peer peer = withTls ? secure(server) : peer(server);
        ConnectionPool pool = new ConnectionPool(System::nanoTime);
        PodConnection connection = pool.create(peer);
        connection.connect(PATIENT);
        pool.put(connection);
        if (!withTls) { // With it, what belongs to the handshake may still be there, and would do.
            assertThat(pool.take(peer)).isSameAs(connection);
            pool.put(connection);
        }
        kept.countDown();
        until(() -> {
            PodConnection taken = pool.take(peer);
            if (taken != null) {
                pool.put(taken);
            }
            return taken == null;
        });
        assertThat(connection.isOpen()).isFalse();
        until(() -> server.open() == 0);
    }

    @Test
    void a_tls_connection_that_the_peer_keeps_is_used_again() throws Exception {
        ScriptedServer server = server(Certificates.serving(), ScriptedServer.Script.answering(OK));
        for (int i = 0; i < 5; i++) {
            assertThat(exchange(secure(server), get("/"))).isEqualTo("ok");
        }
        assertThat(connectionsOf(server)).isEqualTo(List.of(0, 0, 0, 0, 0));
    }
}
