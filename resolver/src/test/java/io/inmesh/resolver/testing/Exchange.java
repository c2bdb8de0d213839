package io.inmesh.resolver.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One request and its answer: whole, in chunks, or broken off. Every write goes to the wire at once.
 *
 * <p>Threads: one at a time answers; any may say that the connection has gone.
 */
final class Exchange {
    private static final Map<Integer, String> PHRASES =
            Map.of(200, "OK", 201, "Created", 404, "Not Found", 410, "Gone");
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ApiRequest request;
    private final String body;
    private final OutputStream out;
    private final Runnable closeConnection;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();

    // Both guarded by this.
    private boolean gone;
    private Runnable onGone = () -> {};

    Exchange(RequestHead.Received received, OutputStream out, Runnable closeConnection) {
        request = received.request();
        body = received.body();
        this.out = out;
        this.closeConnection = closeConnection;
    }

    ApiRequest request() {
        return request;
    }

    /** What the request carries; empty for most. */
    String body() {
        return body;
    }

    /** Completes when the answer is complete or never will be. */
    CompletableFuture<Void> answered() {
        return answered;
    }

    /** Runs that when the other side, or this server, has ended the connection; at once if it has. */
    void onGone(Runnable action) {
        boolean late;
        synchronized (this) {
            onGone = action;
            late = gone;
        }
        if (late) {
            action.run();
        }
    }

    /** The connection has ended. */
    void gone() {
        Runnable action;
        synchronized (this) {
            gone = true;
            action = onGone;
        }
        action.run();
        answered.complete(null);
    }

    /** Answers with a JSON document. */
    void respond(int status, Map<String, String> headers, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream answer = new ByteArrayOutputStream(body.length + 256);
        answer.writeBytes(head(status, headers, "Content-Length: " + body.length));
        answer.writeBytes(body);
        write(answer.toByteArray());
        finish();
    }

    /** Begins an answer in chunks. */
    void beginStream() throws IOException {
        beginStream(200, Map.of());
    }

    /** The same with another status and more headers. */
    void beginStream(int status, Map<String, String> headers) throws IOException {
        write(head(status, headers, "Transfer-Encoding: chunked"));
    }

    /** Sends a piece of a stream as one chunk. */
    void chunk(byte[] bytes, int from, int length) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream(length + 16);
        chunk.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.write(bytes, from, length);
        chunk.write('\r');
        chunk.write('\n');
        write(chunk.toByteArray());
    }

    /** Ends a stream in the orderly way; the connection may carry another request. */
    void endStream() throws IOException {
        write(LAST_CHUNK);
        finish();
    }

    /** Breaks the connection, whatever has been sent. */
    void abort() {
        closeConnection.run();
        answered.complete(null);
    }

    private void finish() {
        if ("close".equalsIgnoreCase(request.header("connection"))) {
            closeConnection.run();
        }
        answered.complete(null);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    private static byte[] head(int status, Map<String, String> headers, String framing) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(PHRASES.getOrDefault(status, "Status " + status))
                .append("\r\nContent-Type: application/json\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append(framing).append("\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
