package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

/** A request is taken back by another thread than the one that asks. */
@Timeout(60)
class TakingBackTest extends WireFixture {
    private final Transmission transmission = new Transmission();

    private WireResponse sendOnIt(Peer peer, WireRequest request) throws IOException {
        return client.send(peer, PATIENT, request, transmission);
    }

    @Test
    void before_there_is_a_connection_the_request_ends_and_nobody_hears_of_it() throws Exception {
        CountDownLatch accepted = new CountDownLatch(1);
        // Connected, and waiting for TLS.
        ScriptedServer server = server(connection -> {
            accepted.countDown();
            connection.untilHungUp();
        });
        Peer peer = new Peer("orders.shop", server.address(), client.tls(Certificates.TRUSTING));
        Asking asking = Asking.start(() -> sendOnIt(peer, get("/")));
        accepted.await();
        transmission.cancel();
        assertThat(asking.thrown()).isInstanceOf(IOException.class);
        assertThat(transmission.hasBegun()).isFalse();
        until(() -> server.open() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void while_the_answer_is_awaited_or_read_who_waits_is_told_and_the_peer_sees_the_end(boolean withTls)
            throws Exception {
        ScriptedServer server = server(withTls ? Certificates.serving() : null, connection -> {
            connection.read();
            connection.send(connection.number() == 0 ? "" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
            connection.untilHungUp();
        });
        Peer peer = new Peer("orders.shop", server.address(), withTls ? client.tls(Certificates.TRUSTING) : null);
        Asking waiting = Asking.start(() -> sendOnIt(peer, get("/")));
        until(() -> server.requests().size() == 1);
        transmission.cancel();
        assertThat(waiting.thrown()).isInstanceOf(IOException.class).isNotInstanceOf(InterruptedIOException.class);
        until(() -> server.open() == 0);

        Transmission other = new Transmission();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<WireResponse> answer = new CompletableFuture<>();
        Asking reading = Asking.start(() -> {
            answer.complete(client.send(peer, PATIENT, get("/"), other));
            assertThat(answer.join().getBody().read()).isEqualTo('o');
            begun.countDown();
            answer.join().getBody().read();
        });
        begun.await();
        other.cancel();
        assertThat(reading.thrown()).isInstanceOf(IOException.class);
        assertThat(answer.join().isOver()).isTrue();
        until(() -> server.open() == 0);
    }

    @Test
    void while_the_body_is_written_to_a_peer_that_does_not_read_it_the_writing_ends() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer server = server(connection -> {
            connection.readHead();
            over.await();
        });
        Asking asking = Asking.start(() -> sendOnIt(peer(server), request(HttpMethod.POST, "/", once(out -> {
            writing.countDown();
            while (true) {
                out.write(new byte[100_000]);
            }
        }))));
        writing.await();
        transmission.cancel();
        assertThat(asking.thrown()).isInstanceOf(IOException.class);
        over.countDown();
    }

    @Test
    void after_the_end_nothing_happens_and_the_connection_serves_others() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        WireResponse answer = sendOnIt(peer(server), get("/"));
        assertThat(read(answer)).isEqualTo("ok");
        transmission.cancel();
        WireResponse next = send(peer(server), get("/"));
        transmission.cancel();
        answer.close();
        assertThat(answer.getBody().read()).isEqualTo(-1);
        assertThat(read(next)).isEqualTo("ok");
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    @Test
    void an_answer_that_is_closed_before_its_end_is_not_read_on_and_its_connection_ends() throws Exception {
        ScriptedServer server = server(ScriptedServer.Script.answering(OK));
        WireResponse answer = sendOnIt(peer(server), get("/"));
        answer.close();
        assertThat(answer.isOver()).isTrue();
        assertThat(Asking.start(() -> read(answer)).thrown())
                .isInstanceOf(IOException.class)
                .hasMessage("the answer was closed before its body had been read");
        until(() -> server.open() == 0);
        assertThat(exchange(peer(server), get("/"))).isEqualTo("ok");
    }
}
