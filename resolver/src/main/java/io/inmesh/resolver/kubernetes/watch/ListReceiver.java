package io.inmesh.resolver.kubernetes.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Listed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer to a list. It counts only when it is whole (rule A-14).
 *
 * <p>Threads: the transport's, one call after the other.
 */
public final class ListReceiver<T> implements ApiTransport.Receiver {
    private static final int OK = 200;

    /** Hears one of the three, once. */
    interface Result<T> {
        void listed(Listed<T> list);

        void unreadable(Throwable error);

        void refused(Refusal refusal);
    }

    private final Function<JsonNode, T> read;
    private final Result<T> result;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Refusal.Body refusal = new Refusal.Body();
    private int status = Refusal.NO_ANSWER;
    private @Nullable String retryAfter;

    ListReceiver(Function<JsonNode, T> read, Result<T> result) {
        this.read = read;
        this.result = result;
    }

    @Override
    public void onHead(int answeredStatus, @Nullable String answeredRetryAfter) {
        status = answeredStatus;
        retryAfter = answeredRetryAfter;
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (status == OK) {
            byte[] taken = new byte[bytes.remaining()];
            bytes.get(taken);
            body.writeBytes(taken);
        } else {
            refusal.add(bytes);
        }
    }

    @Override
    public void onEnd(@Nullable Throwable error) {
        if (status != OK) {
            result.refused(new Refusal(status, refusal.message(), Refusal.seconds(retryAfter), error));
        } else if (error != null) {
            result.refused(new Refusal(Refusal.NO_ANSWER, "", null, error)); // Cut off in the middle.
        } else {
            parse();
        }
    }

    private void parse() {
        Listed<T> list;
        try {
            list = WatchEvents.list(body.toByteArray(), read);
        } catch (IOException | RuntimeException e) {
            result.unreadable(e);
            return;
        }
        result.listed(list);
    }
}
