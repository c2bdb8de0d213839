package io.inmesh.spring.http;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.netty.buffer.ByteBuf;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StreamUtils;

/**
 * An answer and the lease it was got on: the request is in flight until the body has been read, has failed or is closed, whichever comes
 * first.
 *
 * <p>Threads: one at a time.
 */
final class LeasedResponse implements ClientHttpResponse {
    private final ClientHttpResponse answer;
    private final HttpHeaders headers;
    private final Sending sending;
    private final Lease lease;
    private final String host;
    private final OutcomeClassifier classifier;
    private final Outcome outcome;

    private @Nullable InputStream body;

    /**
     * Creates it.
     *
     * @param headers those of the answer, as the caller is to see them
     */
    LeasedResponse(
            ClientHttpResponse answer,
            HttpHeaders headers,
            Sending sending,
            Lease lease,
            String host,
            OutcomeClassifier classifier)
            throws IOException {
        this.answer = answer;
        this.headers = headers;
        this.sending = sending;
        this.lease = lease;
        this.host = host;
        this.classifier = classifier;
        this.outcome = HttpOutcome.ofAnswer(classifier, answer.getStatusCode(), answer.getHeaders());
    }

    /** What the status means. */
    Outcome outcome() {
        return outcome;
    }

    @Override
    public HttpStatusCode getStatusCode() throws IOException {
        return answer.getStatusCode();
    }

    @Override
    public String getStatusText() throws IOException {
        return answer.getStatusText();
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public InputStream getBody() throws IOException {
        if (body == null) {
            body = new Body(answer.getBody());
        }
        return body;
    }

    /** Reads what is left, so that the connection can serve again, as Spring's own factories do. */
    @Override
    public void close() {
        try {
            StreamUtils.drain(getBody());
        } catch (IOException e) {
            failed(e); // Nobody reads on, so nobody is told; the endpoint's account is.
        } finally {
            answer.close();
            lease.complete(outcome);
        }
    }

    /**
     * Reads the body and throws it away, as {@link UnwantedBody} does, on the connection's event loop: instead of {@link #getBody}, and without waiting.
     * Whether that succeeds only the endpoint's account says.
     */
    void drain() {
        UnwantedBody.drained(sending.answersBody(), ByteBuf::readableBytes)
                .subscribe(nothing -> {}, this::failed, () -> lease.complete(outcome));
    }

    /** Nobody wants the answer any more, and nobody has begun to read it: its connection is closed. */
    void abandon() {
        UnwantedBody.cancelled(sending.answersBody());
        lease.complete(outcome);
    }

    private IOException failed(Throwable error) {
        IOException told = Failures.told(error, host, lease.endpoint());
        lease.complete(HttpOutcome.ofBrokenBody(classifier, told));
        return told;
    }

    private final class Body extends FilterInputStream {
        private Body(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return ended(super.read());
            } catch (IOException | RuntimeException e) {
                throw failed(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return ended(super.read(bytes, offset, length));
            } catch (IndexOutOfBoundsException e) {
                throw e; // The caller's own mistake.
            } catch (IOException | RuntimeException e) {
                throw failed(e);
            }
        }

        private int ended(int read) {
            if (read < 0) {
                lease.complete(outcome);
            }
            return read;
        }

        /** Whoever closes the body early has what it wanted. */
        @Override
        public void close() throws IOException {
            try {
                super.close();
            } finally {
                lease.complete(outcome);
            }
        }
    }
}
