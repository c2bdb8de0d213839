package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;

/** Answers that come before all of the request is sent. */
class EarlyAnswersTest extends WireFixture {
    private static final String TOO_LARGE = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 5\r\n\r\nlarge";
    private static final int LARGE = 4_000_000;

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

    /** A large body, of which only the beginning is written before that. */
    private static StreamingHttpOutputMessage.Body goingOnAfter(CountDownLatch latch) {
        return once(out -> {
            out.write(new byte[10_000]);
            awaitAll(latch);
            for (int i = 10_000; i < LARGE; i += 10_000) {
                out.write(new byte[10_000]);
            }
        });
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "X-Unknown-Length"})
    void an_answer_before_the_body_is_written_is_taken_and_its_connection_is_not_used_again(String length)
            throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        ScriptedServer server = server(connection -> {
            if (connection.number() == 0) {
                connection.readHead();
                connection.send(TOO_LARGE);
                answered.countDown();
                connection.untilHungUp();
            } else {
                ScriptedServer.Script.answering(OK).play(connection);
            }
        });
        WireResponse answer = send(
                peer(server), request(HttpMethod.POST, "/", goingOnAfter(answered), length, String.valueOf(LARGE)));
        assertThat(answer.getStatusCode().value()).isEqualTo(413);
        assertThat(read(answer)).isEqualTo("large");
        assertThat(exchange(peer(server), get("/next"))).isEqualTo("ok");
        assertThat(connectionsOf(server)).containsExactly(1);
        until(() -> server.connections().get(0).isOver());
    }

    /** Who does not read the rest resets the connection with its closing. What it said before came through all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "X-Unknown-Length"})
    void an_answer_before_the_body_is_written_is_taken_from_a_peer_that_hangs_up_then(String length) throws Exception {
        ScriptedServer server = server(connection -> {
            connection.readHead();
            connection.socket().getInputStream().read();
            connection.send(TOO_LARGE);
        });
        WireResponse answer = send(
                peer(server),
                request(
                        HttpMethod.POST,
                        "/",
                        once(out -> {
                            out.write(new byte[10_000]);
                            out.flush();
                            until(() -> !server.connections().isEmpty()
                                    && server.connections().get(0).isOver());
                            for (int i = 0; i < LARGE; i += 10_000) {
                                out.write(new byte[10_000]);
                            }
                        }),
                        length,
                        String.valueOf(LARGE + 10_000)));
        assertThat(answer.getStatusCode().value()).isEqualTo(413);
        assertThat(read(answer)).isEqualTo("large");
    }

    /** As message converters do, of which some say in their own words that they cannot write on. */
    @ParameterizedTest
    @ValueSource(strings = {"as it is", "unchecked", "undeclared", "nothing"})
    void it_is_taken_whatever_the_writer_makes_of_it_and_however_long_it_waits_for_the_peer(String throwing)
            throws Exception {
        ScriptedServer server = server(connection -> {
            connection.readHead();
            until(() -> connection.socket().getInputStream().available() > 10_000);
            connection.send(TOO_LARGE);
        });
        WireResponse answer = send(peer(server), request(HttpMethod.POST, "/", once(out -> {
            try {
                out.write(new byte[10 * LARGE]);
            } catch (IOException e) {
                switch (throwing) {
                    case "as it is" -> throw e;
                    case "unchecked" -> throw new IllegalStateException(e);
                    case "undeclared" -> EarlyAnswersTest.<IOException>sneak(new Exception(e));
                    default -> assertThat(e).isNotNull();
                }
            }
        })));
        assertThat(answer.getStatusCode().value()).isEqualTo(413);
        assertThat(read(answer)).isEqualTo("large");
    }

    @Test
    void what_tells_of_progress_while_the_body_is_written_is_no_answer() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        ScriptedServer server = server(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
            told.countDown();
            assertThat(connection.socket().getInputStream().readNBytes(LARGE)).hasSize(LARGE);
            connection.send(OK);
        });
        WireResponse answer = send(
                peer(server),
                request(HttpMethod.POST, "/", goingOnAfter(told), "Content-Length", String.valueOf(LARGE)));
        assertThat(answer.getStatusCode().value()).isEqualTo(200);
        assertThat(read(answer)).isEqualTo("ok");
    }
}
