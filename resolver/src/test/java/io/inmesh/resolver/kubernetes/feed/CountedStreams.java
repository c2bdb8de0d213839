package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A transport that counts the watch streams that are open, from the request until it is cancelled or has ended. */
final class CountedStreams implements ApiTransport {
    private final ApiTransport transport;
    private final Set<Counted> open = new HashSet<>();
    private int most;

    CountedStreams(ApiTransport transport) {
        this.transport = transport;
    }

    int open() {
        return open.size();
    }

    /** Those of one kind, by its name in paths. */
    long open(String plural) {
        return open.stream()
                .filter(each -> each.path.contains("/" + plural + "?"))
                .count();
    }

    /** The most that were ever open at once. */
    int most() {
        return most;
    }

    @Override
    public Cancellable get(String pathAndQuery, Receiver receiver) {
        Counted counted = new Counted(pathAndQuery, receiver);
        if (pathAndQuery.contains("watch=1")) {
            open.add(counted);
            most = Math.max(most, open.size());
        }
        Cancellable exchange = transport.get(pathAndQuery, counted);
        return () -> {
            open.remove(counted);
            exchange.cancel();
        };
    }

    private final class Counted implements Receiver {
        private final String path;
        private final Receiver receiver;

        Counted(String path, Receiver receiver) {
            this.path = path;
            this.receiver = receiver;
        }

        @Override
        public void onHead(int status, @Nullable String retryAfter) {
            receiver.onHead(status, retryAfter);
        }

        @Override
        public void onBytes(ByteBuffer bytes) {
            receiver.onBytes(bytes);
        }

        @Override
        public void onEnd(@Nullable Throwable error) {
            open.remove(this);
            receiver.onEnd(error);
        }
    }

    @Override
    public String url() {
        return transport.url();
    }

    @Override
    public StreamingLists streamingLists() {
        return transport.streamingLists();
    }

    @Override
    public Optional<String> heldUpBy() {
        return transport.heldUpBy();
    }

    @Override
    public void close() {
        transport.close();
    }
}
