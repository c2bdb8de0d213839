package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an HTTP library would hide: bytes as they come. */
class WireTest {
    private static final String LAST = "Connection: close\r\n";

    private final ScriptedApiServer server = ScriptedApiServer.open();
    private Socket socket = new Socket();

    @BeforeEach
    void connect() throws IOException {
        socket = new Socket(server.url().getHost(), server.url().getPort());
        socket.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        server.close();
    }

    private void send(String requestLine, String headers) throws IOException {
        String head = requestLine + " HTTP/1.1\r\nHost: api\r\n" + headers + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    }

    private String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String readUntil(String end) throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (text.indexOf(end) < 0) {
            int c = in.read();
            assertThat(c).as("read so far: %s", text).isNotNegative();
            text.append((char) c);
        }
        return text.toString();
    }

    @Test
    void one_connection_carries_many_requests_until_one_says_close() throws IOException {
        send("GET " + SERVICES, "");
        send("GET " + SERVICES, "");
        send("GET " + SERVICES, LAST);
        assertThat(rest().split("HTTP/1.1 200 OK", -1)).hasSize(4);
    }

    @Test
    void a_cut_leaves_half_a_line_and_no_last_chunk() throws IOException {
        ScriptedService.of(server, "shop", "orders");
        send("GET " + SERVICES + "?watch=1", "");
        readUntil("}}\n\r\n");
        server.watches().cut(ApiRequest::any);
        assertThat(rest())
                .contains("{\"type\":\"ADDED\",\"object\":")
                .doesNotContain("\n\r\n")
                .doesNotEndWith("0\r\n\r\n");
    }

    @Test
    void a_split_line_comes_in_that_many_chunks() throws IOException {
        server.faults().splitLines(3);
        send("GET " + SERVICES + "?watch=1&timeoutSeconds=1", LAST);
        readUntil("\r\n\r\n");
        server.watches().line(ApiRequest::any, "0123456789");
        server.watches().end(ApiRequest::any);
        assertThat(rest()).isEqualTo("3\r\n012\r\n4\r\n3456\r\n4\r\n789\n\r\n0\r\n\r\n");
    }

    @Test
    void a_web_socket_is_answered_in_plain_http_and_at_once() throws IOException {
        send("GET " + SERVICES + "?watch=1", "Upgrade: websocket\r\n" + LAST);
        assertThat(rest())
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Length: 0")
                .endsWith("\r\n\r\n");
        assertThat(server.watches().count()).isZero();
    }

    @Test
    void a_whole_collection_cannot_be_deleted_and_what_is_not_there_neither() throws IOException {
        send("DELETE " + SERVICES, LAST);
        assertThat(rest()).startsWith("HTTP/1.1 405 ").contains("\"reason\":\"MethodNotAllowed\"");
    }

    @Test
    void what_is_no_http_ends_the_connection() throws IOException {
        send("HELLO", "");
        assertThat(rest()).isEmpty();
    }
}
