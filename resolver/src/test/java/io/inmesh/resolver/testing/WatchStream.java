package io.inmesh.resolver.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One watch: a queue that the store, timers and tests put into, and a thread that takes out and writes to the wire.
 *
 * <p>Threads: any may post; {@link #stream} runs on one.
 */
final class WatchStream implements ResourceStore.Follower {

    private sealed interface Message {
        /** A change, sent if it concerns the selection. */
        record Change(StoreEvent event) implements Message {}

        /** A line as it is. */
        record Line(String text) implements Message {}

        /** Send nothing more and stay open. */
        record Silence() implements Message {}

        /** The orderly end. */
        record End() implements Message {}

        /** The other end, in the middle of a line. */
        record Cut() implements Message {}

        /** Nobody listens any more. */
        record Gone() implements Message {}
    }

    /** Whether the watch is told when all that was there at its start has been told (rule W-9). */
    enum EndMark {
        SENT,
        NONE
    }

    private final ApiRequest request;
    private final ResourceType type;
    private final Selection selection;
    private final EndMark endMark;
    private final Faults faults;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

    // Both belong to the streaming thread.
    private boolean silent;
    private String lastLine = "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{}}}";

    WatchStream(ApiRequest request, ResourceType type, Selection selection, EndMark endMark, Faults faults) {
        this.request = request;
        this.type = type;
        this.selection = selection;
        this.endMark = endMark;
        this.faults = faults;
    }

    ApiRequest request() {
        return request;
    }

    @Override
    public void changed(StoreEvent event) {
        if (event.type().equals(type)) {
            messages.add(new Message.Change(event));
        }
    }

    @Override
    public void caughtUp(long version) {
        if (endMark == EndMark.SENT) {
            bookmark(version, ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}");
        }
    }

    @Override
    public void reached(long version) {
        bookmark(version, "");
    }

    private void bookmark(long version, String annotations) {
        if (request.isTrue("allowWatchBookmarks") && !faults.bookmarksLost()) {
            line("{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"" + type.kind() + "\",\"apiVersion\":\""
                    + type.apiVersion() + "\",\"metadata\":{\"resourceVersion\":\"" + version + "\"" + annotations
                    + "}}}");
        }
    }

    void line(String text) {
        messages.add(new Message.Line(text));
    }

    void fail(ApiRefusal refusal) {
        line("{\"type\":\"ERROR\",\"object\":" + refusal.json() + "}");
        end();
    }

    void silence() {
        messages.add(new Message.Silence());
    }

    void end() {
        messages.add(new Message.End());
    }

    void cut() {
        messages.add(new Message.Cut());
    }

    /** Sends until the watch ends, on the calling thread. */
    void stream(Exchange exchange) {
        exchange.onGone(() -> messages.add(new Message.Gone()));
        try {
            exchange.beginStream();
            Message message = messages.take();
            while (goesOnAfter(message, exchange)) {
                message = messages.take();
            }
        } catch (IOException e) {
            // The client went while something was being sent to it: the end of a watch like any other.
            exchange.abort();
        } catch (InterruptedException e) {
            exchange.abort();
            Thread.currentThread().interrupt();
        }
    }

    private boolean goesOnAfter(Message message, Exchange exchange) throws IOException {
        if (message instanceof Message.Gone) {
            return false;
        }
        if (message instanceof Message.Cut) {
            byte[] half = lastLine.substring(0, lastLine.length() / 2).getBytes(StandardCharsets.UTF_8);
            exchange.chunk(half, 0, half.length);
            exchange.abort();
            return false;
        }
        if (silent) {
            return true;
        }
        if (message instanceof Message.End) {
            exchange.endStream();
            return false;
        }
        if (message instanceof Message.Silence) {
            silent = true;
        } else if (message instanceof Message.Line line) {
            send(line.text(), exchange);
        } else if (message instanceof Message.Change change) {
            Optional<String> line = change.event().lineFor(selection);
            if (line.isPresent()) {
                send(line.get(), exchange);
            }
        }
        return true;
    }

    private void send(String line, Exchange exchange) throws IOException {
        lastLine = line;
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        int pieces = Math.min(faults.pieces(), bytes.length);
        for (int i = 0; i < pieces; i++) {
            int from = (int) ((long) bytes.length * i / pieces);
            int to = (int) ((long) bytes.length * (i + 1) / pieces);
            exchange.chunk(bytes, from, to - from);
        }
    }
}
