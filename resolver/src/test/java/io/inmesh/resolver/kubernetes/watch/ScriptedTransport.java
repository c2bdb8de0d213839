package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.rule.Samples;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A transport whose answers a test gives by hand, on its own thread. */
public final class ScriptedTransport implements ApiTransport {
    public final List<Exchange> exchanges = new ArrayList<>();
    private final StreamingLists streamingLists;
    Optional<String> heldUpBy = Optional.empty();
    int distrusted; // How often it was told that connections may be dead.

    /** To a server that is known not to stream lists, so that each list is a request of its own. */
    public ScriptedTransport() {
        this(new StreamingLists());
        streamingLists.areMissing(Long.MAX_VALUE / 2, "as scripted"); // Far from now, so for good.
    }

    /** To a server of which that is known. */
    public ScriptedTransport(StreamingLists streamingLists) {
        this.streamingLists = streamingLists;
    }

    /** One request and what came of it. */
    public static final class Exchange {
        public final String path;
        private final Receiver receiver;
        public boolean cancelled;

        Exchange(String path, Receiver receiver) {
            this.path = path;
            this.receiver = receiver;
        }

        boolean isWatch() {
            return path.contains("watch=1");
        }

        public Exchange head(int status, @Nullable String retryAfter) {
            receiver.onHead(status, retryAfter);
            return this;
        }

        Exchange bytes(String text) {
            return piece(text.getBytes(StandardCharsets.UTF_8));
        }

        Exchange piece(byte[] bytes) {
            receiver.onBytes(ByteBuffer.wrap(bytes));
            return this;
        }

        /** A line of a watch, written with single quotes. */
        public Exchange line(String type, String object) {
            return bytes("{\"type\":\"" + type + "\",\"object\":" + Samples.json(object) + "}\n");
        }

        public void end(@Nullable Throwable error) {
            receiver.onEnd(error);
        }

        /** A complete list of these objects, written with single quotes. */
        public void list(String version, String... objects) {
            head(200, null);
            bytes(Samples.json("{kind: 'List', metadata: {resourceVersion: '" + version + "'}, items: ["
                            + String.join(",", objects) + "]}")
                    .toString());
            end(null);
        }

        /** A complete answer with that body, as it is. */
        public void answer(int status, String body) {
            head(status, null).bytes(body).end(null);
        }

        void refuseVersionTooLarge() {
            head(504, null);
            bytes(Samples.json(
                            "{kind: 'Status', code: 504, message: 'Timeout: Too large resource version: 15, current: 3',"
                                    + " details: {causes: [{reason: 'ResourceVersionTooLarge'}], retryAfterSeconds: 1}}")
                    .toString());
            end(null);
        }

        public void refuse(int status, @Nullable String retryAfter) {
            head(status, retryAfter);
            bytes("{\"kind\":\"Status\",\"message\":\"said so\",\"code\":" + status + "}");
            end(null);
        }
    }

    @Override
    public String url() {
        return "http://api.test";
    }

    @Override
    public Cancellable get(String pathAndQuery, Receiver receiver) {
        Exchange exchange = new Exchange(pathAndQuery, receiver);
        exchanges.add(exchange);
        return () -> exchange.cancelled = true;
    }

    @Override
    public Optional<String> heldUpBy() {
        return heldUpBy;
    }

    @Override
    public void distrustConnections() {
        distrusted++;
    }

    @Override
    public StreamingLists streamingLists() {
        return streamingLists;
    }

    Exchange last() {
        return exchanges.get(exchanges.size() - 1);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
