package io.inmesh.spring.http.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * An answer. Its connection is free for other requests when its body has been read to the end; it is closed when reading fails, and when the answer is
 * closed before.
 *
 * <p>Threads: one at a time.
 */
public final class WireResponse implements ClientHttpResponse {
    private final ClassicHttpResponse answer;
    private final HttpHeaders headers;
    private final InputStream body;
    private final Transmission transmission;
    private final Runnable atEnd;

    /** Set once, by whoever comes first: the end of the body, or the closing. */
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    private enum State {
        OPEN,
        READ,
        CLOSED
    }

    /**
     * Creates it.
     *
     * @param mayInflate whether a compressed body is to be unpacked
     * @param atEnd what becomes of the connection when the body has been read
     */
    WireResponse(ClassicHttpResponse answer, Transmission transmission, boolean mayInflate, Runnable atEnd)
            throws IOException {
        this.answer = answer;
        this.transmission = transmission;
        this.atEnd = atEnd;
        this.headers = new HttpHeaders();
        for (Iterator<Header> all = answer.headerIterator(); all.hasNext(); ) {
            Header header = all.next();
            headers.add(header.getName(), header.getValue() == null ? "" : header.getValue());
        }
        HttpEntity entity = answer.getEntity();
        if (entity == null || entity.getContentLength() == 0) {
            body = InputStream.nullInputStream();
            ended();
            return;
        }
        InputStream raw = new Sensed(entity.getContent());
        if (mayInflate && InflatedBody.ENCODING.equalsIgnoreCase(headers.getFirst(HttpHeaders.CONTENT_ENCODING))) {
            headers.remove(HttpHeaders.CONTENT_ENCODING);
            headers.remove(HttpHeaders.CONTENT_LENGTH);
            body = new InflatedBody(raw, this::close);
        } else {
            body = raw;
        }
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return HttpStatusCode.valueOf(answer.getCode());
    }

    @Override
    public String getStatusText() {
        String reason = answer.getReasonPhrase();
        return reason == null ? "" : reason;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    /** Closing it says nothing of the answer: {@link #close} does. */
    @Override
    public InputStream getBody() {
        return body;
    }

    /** Whether nothing is left to be read. */
    boolean isOver() {
        return state.get() != State.OPEN;
    }

    /** Waits for nothing: what has not been read is given up. */
    @Override
    public void close() {
        if (state.compareAndSet(State.OPEN, State.CLOSED)) {
            transmission.abort();
        }
    }

    private void ended() {
        if (state.compareAndSet(State.OPEN, State.READ)) {
            atEnd.run();
        }
    }

    /** The body as it is on the wire. */
    private final class Sensed extends InputStream {
        private final InputStream content;

        /** What reading failed with: whoever reads on, as GZIP does, is told again. */
        private @Nullable IOException failure;

        private Sensed(InputStream content) {
            this.content = content;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (isOver()) { // The connection may be another's already.
                if (failure != null) {
                    throw failure;
                }
                if (state.get() == State.CLOSED) {
                    throw new IOException("the answer was closed before its body had been read");
                }
                return -1;
            }
            try {
                int read = content.read(bytes, offset, length);
                if (read < 0) {
                    ended();
                }
                return read;
            } catch (IOException e) {
                state.compareAndSet(State.OPEN, State.CLOSED);
                failure = transmission.failed(e);
                throw failure;
            }
        }

        @Override
        public int available() throws IOException {
            return isOver() ? 0 : content.available();
        }
    }
}
