package io.inmesh.resolver.kubernetes.watch;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that may be a refusal: with status 200 it goes to whoever reads that kind of body, with any other, or none, it becomes one
 * {@link Refusal}.
 *
 * <p>Threads: the transport's, one call after the other.
 */
final class AnswerReceiver implements ApiTransport.Receiver {
    private static final int OK = 200;

    /** Reads the body of an answer with status 200: the head came, pieces of the body come, the end. */
    interface Body {
        void opened();

        void bytes(ByteBuffer bytes);

        /** {@code error} is null if the body was whole as far as HTTP can tell. */
        void ended(@Nullable Throwable error);
    }

    private final Body body;
    private final Consumer<Refusal> refused;
    private final Refusal.Body refusal = new Refusal.Body();
    private int status = Refusal.NO_ANSWER;
    private @Nullable String retryAfter;

    AnswerReceiver(Body body, Consumer<Refusal> refused) {
        this.body = body;
        this.refused = refused;
    }

    @Override
    public void onHead(int answeredStatus, @Nullable String answeredRetryAfter) {
        status = answeredStatus;
        retryAfter = answeredRetryAfter;
        if (status == OK) {
            body.opened();
        }
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (status == OK) {
            body.bytes(bytes);
        } else {
            refusal.add(bytes);
        }
    }

    @Override
    public void onEnd(@Nullable Throwable error) {
        if (status == OK) {
            body.ended(error);
        } else {
            refused.accept(refusal.of(status, retryAfter, error));
        }
    }
}
