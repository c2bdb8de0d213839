package io.inmesh.spring.http.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;

/**
 * A request as it is to be sent.
 *
 * @param target what stands in the first line: path and query
 * @param headers with Host; the body's length is taken from here, and a body without is sent in chunks
 * @param body null for none
 */
public record WireRequest(
        HttpMethod method, String target, HttpHeaders headers, StreamingHttpOutputMessage.@Nullable Body body) {
    private static final char DELETE = 127;

    /** What no name of a header has (RFC 9110, 5.6.2). */
    private static final String SEPARATORS = "\"(),/:;<=>?@[\\]{}";

    /** Whether a compressed answer is unpacked: who wants a part of it wants that of what is sent. */
    boolean wantsWhole() {
        return !headers.containsHeader(HttpHeaders.RANGE);
    }

    /**
     * The same in the library's words.
     *
     * @throws IllegalArgumentException for what cannot stand on the line where it belongs
     */
    ClassicHttpRequest message(Peer peer, Transmission transmission) {
        requireOneWord(target);
        ClassicHttpRequest message = new BasicClassicHttpRequest(
                method.name(), new HttpHost(peer.host(), peer.address().getPort()), target);
        headers.forEach((name, values) -> {
            requireToken(name);
            if (HttpHeaders.COOKIE.equalsIgnoreCase(name)) {
                message.addHeader(name, singleLine(name, String.join("; ", values))); // In one (RFC 6265, 5.4).
            } else if (!isFraming(name)) {
                for (String value : values) {
                    message.addHeader(name, singleLine(name, value));
                }
            }
        });
        if (wantsWhole() && !headers.containsHeader(HttpHeaders.ACCEPT_ENCODING)) {
            message.addHeader(HttpHeaders.ACCEPT_ENCODING, InflatedBody.ENCODING);
        }
        if (body != null) {
            message.setEntity(new Entity(headers, body, transmission));
        }
        return message;
    }

    /** What follows from the body, and is said by whoever writes it. */
    private static boolean isFraming(String name) {
        return HttpHeaders.CONTENT_LENGTH.equalsIgnoreCase(name)
                || HttpHeaders.TRANSFER_ENCODING.equalsIgnoreCase(name);
    }

    private static void requireOneWord(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == DELETE) {
                throw new IllegalArgumentException("target " + target.substring(0, i) + " has character " + (int) c
                        + " at " + i + " (expected: a path and a query, encoded)");
            }
        }
    }

    private static void requireToken(String name) {
        boolean isToken = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            isToken &= c > ' ' && c < DELETE && SEPARATORS.indexOf(c) < 0;
        }
        if (!isToken) {
            throw new IllegalArgumentException("header \"" + name.replaceAll("\\p{Cntrl}", "?")
                    + "\" has no name (expected: ASCII letters, digits and a few signs, such as X-Order)");
        }
    }

    private static String singleLine(String name, @Nullable String value) {
        String said = value == null ? "" : value;
        for (int i = 0; i < said.length(); i++) {
            char c = said.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new IllegalArgumentException("header " + name + " has character " + (int) c + " at " + i
                        + " (expected: a value on one line; encode what comes from outside)");
            }
        }
        return said;
    }

    /** The body, written each time it is asked for. */
    private record Entity(HttpHeaders headers, StreamingHttpOutputMessage.Body body, Transmission transmission)
            implements HttpEntity {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            SentBody sent = (SentBody) out;
            try {
                body.writeTo(sent);
            } catch (Throwable e) {
                if (sent.failure() == null) {
                    transmission.bodyFailed(e);
                }
                throw e;
            }
            sent.end();
        }

        @Override
        public boolean isRepeatable() {
            return body.repeatable();
        }

        @Override
        public long getContentLength() {
            return headers.getContentLength();
        }

        @Override
        public @Nullable String getContentType() {
            return null; // Among the headers already.
        }

        @Override
        public @Nullable String getContentEncoding() {
            return null; // As above.
        }

        @Override
        public boolean isChunked() {
            return false; // Without a length it is.
        }

        @Override
        public boolean isStreaming() {
            return false; // Is written, not read.
        }

        @Override
        public InputStream getContent() {
            throw new UnsupportedOperationException("a request's body is written, not read");
        }

        @Override
        public @Nullable Supplier<List<? extends Header>> getTrailers() {
            return null;
        }

        @Override
        public Set<String> getTrailerNames() {
            return Set.of();
        }

        @Override
        public void close() {}
    }
}
