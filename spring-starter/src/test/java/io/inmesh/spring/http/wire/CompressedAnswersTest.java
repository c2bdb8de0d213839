package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that come compressed, which the caller does not see. */
@Timeout(60)
class CompressedAnswersTest extends WireFixture {
    private static final String TEXT = "0123456789".repeat(1000);

    private static byte[] packed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static ScriptedServer.Script answering(String encoding, byte[] body) {
        return connection -> {
            while (connection.read() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding
                        + "\r\nVary: Accept-Encoding\r\nContent-Length: " + body.length + "\r\n\r\n");
                connection.send(body);
            }
        };
    }

    private static byte[] chunk(byte[] body) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.write((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.write(body);
        chunk.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        return chunk.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZip"})
    void is_unpacked_and_its_connection_is_free_at_its_end(String encoding) throws Exception {
        ScriptedServer server = server(answering(encoding, packed(TEXT)));
        for (int i = 0; i < 2; i++) {
            WireResponse answer = send(peer(server), get("/"));
            assertThat(answer.getHeaders().headerNames()).containsExactly("Vary");
            assertThat(read(answer)).isEqualTo(TEXT);
            assertThat(answer.isOver()).isTrue();
            assertThat(answer.getBody().read()).isEqualTo(-1);
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    @ParameterizedTest
    @CsvSource({"x-gzip, X-None, 0", "deflate, X-None, 0", "br, X-None, 0", "gzip, Range, bytes=0-"})
    void is_left_as_it_is_where_another_encoding_came_or_a_part_was_asked_for(
            String encoding, String header, String value) throws Exception {
        byte[] body = packed(TEXT);
        ScriptedServer server = server(answering(encoding, body));
        WireResponse answer = send(peer(server), get("/", header, value));
        assertThat(answer.getHeaders().getFirst("Content-Encoding")).isEqualTo(encoding);
        assertThat(answer.getHeaders().getContentLength()).isEqualTo(body.length);
        assertThat(answer.getBody().readAllBytes()).isEqualTo(body);
    }

    @Test
    void is_unpacked_for_who_asked_for_it_too() throws Exception {
        ScriptedServer server = server(answering("gzip", packed(TEXT)));
        WireResponse answer = send(peer(server), get("/", "Accept-Encoding", "gzip, br"));
        assertThat(answer.getHeaders().getFirst("Content-Encoding")).isNull();
        assertThat(read(answer)).isEqualTo(TEXT);
        answer.close();
        assertThat(answer.getBody().read()).as("after its end").isEqualTo(-1);
    }

    /** The second part is not there yet when the first one ends. */
    @Test
    void several_parts_are_one_body_whenever_they_come() throws Exception {
        Semaphore next = new Semaphore(0);
        ScriptedServer server = server(connection -> {
            while (connection.read() != null) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
                connection.send(chunk(packed("first,")));
                next.acquire();
                connection.send(chunk(packed("second,")));
                byte[] third = packed("third");
                for (byte each : third) {
                    connection.send(chunk(new byte[] {each}));
                }
                connection.send("0\r\n\r\n");
            }
        });
        for (int i = 0; i < 2; i++) {
            WireResponse answer = send(peer(server), get("/"));
            assertThat(answer.getBody().readNBytes(6)).isEqualTo(bytes("first,"));
            next.release();
            assertThat(read(answer)).isEqualTo("second,third");
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
    void an_empty_body_is_one(String rest) throws Exception {
        ScriptedServer server =
                server(ScriptedServer.Script.answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + rest));
        for (int i = 0; i < 2; i++) {
            assertThat(exchange(peer(server), get("/"))).isEmpty();
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    /** All of the answer came, so there is nothing wrong with the connection. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 30, 40})
    void one_that_ends_early_is_a_failure_however_often_it_is_read(int length) throws Exception {
        ScriptedServer server = server(answering("gzip", Arrays.copyOf(packed(TEXT), length)));
        for (int i = 0; i < 2; i++) {
            InputStream body = send(peer(server), get("/")).getBody();
            assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
            assertThatThrownBy(body::read).isInstanceOf(IOException.class);
        }
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, -5})
    void one_that_is_broken_is_a_failure_and_its_connection_is_closed(int where) throws Exception {
        byte[] broken = packed(TEXT);
        broken[where < 0 ? broken.length + where : where] ^= 0x55;
        ScriptedServer server = server(answering("gzip", broken));
        WireResponse answer = send(peer(server), get("/"));
        assertThatThrownBy(() -> answer.getBody().readAllBytes()).isInstanceOf(IOException.class);
        assertThat(answer.isOver()).isTrue();
        until(() -> server.open() == 0);
        assertThatThrownBy(() -> answer.getBody().read()).isInstanceOf(IOException.class);
    }

    @Test
    void a_connection_that_breaks_within_is_told_as_that() throws Exception {
        ScriptedServer server = server(connection -> {
            connection.read();
            byte[] first = packed("first");
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n");
            connection.send(first);
        });
        WireResponse answer = send(peer(server), get("/"));
        assertThat(answer.getBody().readNBytes(5)).isEqualTo(bytes("first"));
        assertThatThrownBy(() -> answer.getBody().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Premature end");
    }

    @Test
    void is_read_byte_by_byte_and_skipped_as_any_other() throws Exception {
        ScriptedServer server = server(answering("gzip", packed(TEXT)));
        InputStream body = send(peer(server), get("/")).getBody();
        assertThat(body.markSupported()).isFalse();
        assertThat(body.skip(-1)).isZero();
        assertThat(body.read()).isEqualTo('0');
        assertThat(body.available()).isPositive();
        assertThat(body.read()).isEqualTo('1');
        assertThat(body.skip(5)).isEqualTo(5);
        assertThat(body.read()).isEqualTo('7');
        assertThat(body.read(new byte[0])).isZero();
        assertThat(body.skip(3000)).isEqualTo(3000);
        assertThat(body.read()).isEqualTo('8');
        assertThat(body.skip(TEXT.length())).isEqualTo(TEXT.length() - 3009);
        assertThat(body.available()).isZero();
        assertThat(body.read()).isEqualTo(-1);
        assertThat(exchange(peer(server), get("/"))).isEqualTo(TEXT);
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }
}
