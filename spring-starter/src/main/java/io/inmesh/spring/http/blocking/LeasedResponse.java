package io.inmesh.spring.http.blocking;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.spring.http.Failures;
import io.inmesh.spring.http.HttpOutcome;
import io.inmesh.spring.http.wire.WireClient;
import io.inmesh.spring.http.wire.WireResponse;
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
    private final WireResponse answer;
    private final HttpHeaders headers;
    private final WireClient client;
    private final Lease lease;
    private final String host;
    private final OutcomeClassifier classifier;
    private final Outcome outcome;

    private @Nullable InputStream body;

    /** Whether the caller has done with the body: what is left of it is not the caller's any more. */
    private boolean left;

    /**
     * Creates it.
     *
     * @param headers those of the answer, as the caller is to see them
     * @param client the one that it came through
     */
    LeasedResponse(
            WireResponse answer,
            HttpHeaders headers,
            WireClient client,
            Lease lease,
            String host,
            OutcomeClassifier classifier) {
        this.answer = answer;
        this.headers = headers;
        this.client = client;
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
    public HttpStatusCode getStatusCode() {
        return answer.getStatusCode();
    }

    @Override
    public String getStatusText() {
        return answer.getStatusText();
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public InputStream getBody() {
        if (body == null) {
            body = new Body(answer.getBody());
        }
        return body;
    }

    /** Reads what is left, so that the connection can serve again, as Spring's own factories do. */
    @Override
    public void close() {
        if (left) {
            return;
        }
        try {
            StreamUtils.drain(getBody());
        } catch (IOException e) {
            failed(e); // Nobody reads on, so nobody is told; the endpoint's account is.
        } finally {
            left = true;
            answer.close();
            lease.complete(outcome);
        }
    }

    /**
     * Reads the body and throws it away, as {@link io.inmesh.spring.http.wire.Drain} says: instead of {@link #getBody}, and without waiting. Whether that
     * succeeds only the endpoint's account says.
     */
    void drain() {
        left = true;
        client.drain(answer, failure -> {
            if (failure == null) {
                lease.complete(outcome);
            } else {
                failed(failure);
            }
        });
    }

    /** Nobody wants the answer any more: its connection is closed. */
    void abandon() {
        left = true;
        answer.close();
        lease.complete(outcome);
    }

    private IOException failed(Throwable error) {
        IOException told = Failures.told(error, host, lease.endpoint());
        lease.complete(HttpOutcome.ofBrokenBody(classifier, told));
        return told;
    }

    /** What is skipped is read, by which its end and its failures are heard of. */
    private final class Body extends InputStream {
        private final InputStream in;

        private Body(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            checkNotLeft();
            try {
                return ended(in.read());
            } catch (IOException | RuntimeException e) {
                throw failed(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            checkNotLeft();
            try {
                return ended(in.read(bytes, offset, length));
            } catch (IndexOutOfBoundsException e) {
                throw e; // The caller's own mistake.
            } catch (IOException | RuntimeException e) {
                throw failed(e);
            }
        }

        @Override
        public int available() throws IOException {
            try {
                return left ? 0 : in.available();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        /** Somebody else may be reading it. */
        private void checkNotLeft() throws IOException {
            if (left) {
                throw new IOException("the answer's body is closed (expected: read before)");
            }
        }

        private int ended(int read) {
            if (read < 0) {
                lease.complete(outcome);
            }
            return read;
        }

        /** Whoever closes the body early has what it wanted; a short rest is read for the connection's sake. */
        @Override
        public void close() {
            if (!left) {
                left = true;
                lease.complete(outcome);
                client.drain(answer, failure -> {});
            }
        }
    }
}
