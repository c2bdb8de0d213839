package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

/** Which request goes on which connection. */
@Timeout(60)
class ConnectionsTest extends WireFixture {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nTrailer: t\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            })
    void a_connection_is_used_again_when_its_answer_has_been_read(String answer) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(answer));
        for (int i = 0; i < 3; i++) {
            assertThat(exchange(peer(server), get("/"))).isEqualTo("ok");
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more than that"
            })
    void it_is_not_where_the_answer_says_so_or_more_came_than_it_says(String answer) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(answer));
        for (int i = 0; i < 3; i++) {
            assertThat(exchange(peer(server), get("/"))).isEqualTo("ok");
        }
        assertThat(connectionsOf(server)).containsExactly(0, 1, 2);
        client.close();
        until(() -> server.open() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/1.1 200 OK\r\nX-Endless: ", "HTTP/1.1 200 OK\r\nX-Many: 1\r\n", "HTTP/1.1 103 Hints\r\nX: "
            })
    void a_head_without_end_is_a_failure(String beginning) throws Exception {
        String more = beginning.endsWith("\n") ? "X-Many: 1\r\n".repeat(100) : "x".repeat(1000);
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send(beginning);
            while (true) {
                connection.send(more);
            }
        });
        assertThatThrownBy(() -> send(peer(server), get("/"))).isInstanceOf(IOException.class);
        until(() -> server.open() == 0);
    }

    @Test
    void a_body_without_a_length_ends_with_the_connection() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            connection.send("HTTP/1.1 200 OK\r\n\r\nas long as it is");
        });
        assertThat(exchange(peer(server), get("/"))).isEqualTo("as long as it is");
        assertThat(exchange(peer(server), get("/"))).isEqualTo("as long as it is");
        assertThat(connectionsOf(server)).containsExactly(0, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, HTTP/1.1 200 OK|Content-Length: 7||",
        "HEAD, HTTP/1.1 200 OK|Transfer-Encoding: chunked||",
        "GET, HTTP/1.1 204 No Content||",
        "GET, HTTP/1.1 304 Not Modified|Content-Length: 7||",
        "GET, HTTP/1.1 200 OK|Content-Length: 0||"
    })
    void an_answer_without_a_body_leaves_its_connection_at_once(String method, String answer) throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(answer.replace("|", "\r\n")));
        for (int i = 0; i < 2; i++) {
            WireResponse empty = send(peer(server), request(HttpMethod.valueOf(method), "/", null));
            assertThat(empty.isOver()).isTrue();
            assertThat(empty.getBody().read()).isEqualTo(-1);
            empty.close();
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    @Test
    void requests_that_run_at_once_have_connections_of_their_own_and_the_last_one_free_is_used_first()
            throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        List<WireResponse> running =
                List.of(send(peer(server), get("/0")), send(peer(server), get("/1")), send(peer(server), get("/2")));
        assertThat(connectionsOf(server)).containsExactly(0, 1, 2);
        for (int each : new int[] {2, 0, 1}) {
            assertThat(read(running.get(each))).isEqualTo("ok");
        }
        assertThat(exchange(peer(server), get("/3"))).isEqualTo("ok");
        assertThat(exchange(peer(server), get("/4"))).isEqualTo("ok");
        WireResponse last = send(peer(server), get("/5"));
        WireResponse before = send(peer(server), get("/6"));
        assertThat(connectionsOf(server)).containsExactly(0, 1, 2, 1, 1, 1, 0);
        last.close();
        before.close();
    }

    @Test
    void connections_under_one_name_do_not_serve_another() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        exchange(peer(server), get("/"));
        exchange(new Peer("stock.shop", server.address(), null), get("/"));
        assertThat(connectionsOf(server)).containsExactly(0, 1);
    }

    @Test
    void those_to_an_address_are_closed_whatever_their_name_and_a_running_one_when_its_request_is_over()
            throws Exception {
        ScriptedServer leaves = server(ScriptedServer.Script.answering(OK));
        ScriptedServer stays = server(ScriptedServer.Script.answering(OK));
        WireResponse running = send(peer(leaves), get("/"));
        exchange(peer(leaves), get("/"));
        exchange(new Peer("stock.shop", leaves.address(), null), get("/"));
        exchange(peer(stays), get("/"));
        client.closeTo(leaves.address());
        until(() -> leaves.open() == 1);
        assertThat(leaves.connections().get(0).isOver()).isFalse();
        assertThat(read(running)).isEqualTo("ok");
        until(() -> leaves.open() == 0);
        exchange(peer(stays), get("/"));
        assertThat(connectionsOf(stays)).containsExactly(0, 0);
    }

    @Test
    void a_closed_client_lets_a_running_request_finish_and_keeps_nothing() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        ScriptedServer server = server(connection -> {
            while (connection.read() != null) {
                if (connection.number() == 0) {
                    asked.countDown();
                    goesOn.await();
                }
                connection.send(OK);
            }
        });
        Asking running =
                Asking.start(() -> assertThat(exchange(peer(server), get("/"))).isEqualTo("ok"));
        asked.await();
        exchange(peer(server), get("/idle"));
        client.close();
        until(() -> server.open() == 1);
        goesOn.countDown();
        assertThat(running.thrown()).isNull();
        until(() -> server.open() == 0);
        client.close();
    }
}
