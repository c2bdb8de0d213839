package io.inmesh.resolver.kubernetes.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer to a watch: one JSON document per line, without end (rule W-1).
 *
 * <p>Threads: the transport's, one call after the other.
 */
public final class WatchReceiver<T> implements ApiTransport.Receiver {
    private static final int OK = 200;

    /** Hears {@code opened}, then events, then the end; or a refusal alone. */
    interface Result<T> {
        void opened();

        void events(List<Event<T>> events);

        void ended(@Nullable Throwable error);

        void unreadable(Throwable error);

        void refused(Refusal refusal);
    }

    private final Function<JsonNode, T> read;
    private final Result<T> result;
    private final LineSplitter lines = new LineSplitter();
    private final Refusal.Body refusal = new Refusal.Body();
    private int status = Refusal.NO_ANSWER;
    private @Nullable String retryAfter;

    WatchReceiver(Function<JsonNode, T> read, Result<T> result) {
        this.read = read;
        this.result = result;
    }

    @Override
    public void onHead(int answeredStatus, @Nullable String answeredRetryAfter) {
        status = answeredStatus;
        retryAfter = answeredRetryAfter;
        if (status == OK) {
            result.opened();
        }
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (status != OK) {
            refusal.add(bytes);
            return;
        }
        List<Event<T>> events = new ArrayList<>();
        Throwable unreadable = null;
        for (byte[] line : lines.add(bytes)) {
            try {
                events.add(WatchEvents.event(line, read));
            } catch (IOException | RuntimeException e) {
                unreadable = e;
                break;
            }
        }
        if (!events.isEmpty()) {
            result.events(events);
        }
        if (unreadable != null) {
            result.unreadable(unreadable);
        }
    }

    @Override
    public void onEnd(@Nullable Throwable error) {
        if (status == OK) {
            result.ended(error);
        } else {
            result.refused(new Refusal(status, refusal.message(), Refusal.seconds(retryAfter), error));
        }
    }
}
