package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An API server without the network: answers lists at once, and what is sent to the watch of slices is read on the thread that
 * sends, as a transport's own thread would.
 */
final class WireTransport implements ApiTransport {
    private static final int OK = 200;

    private final StreamingLists streamingLists = new StreamingLists();
    private final CompletableFuture<Receiver> slicesWatch = new CompletableFuture<>();

    /** Waits for the watch, then sends a piece of its body. One thread at a time. */
    void send(byte[] piece) {
        slicesWatch.join().onBytes(ByteBuffer.wrap(piece));
    }

    @Override
    public String url() {
        return "http://api.invalid";
    }

    @Override
    public Cancellable get(String pathAndQuery, Receiver receiver) {
        boolean slices = pathAndQuery.contains("/endpointslices?");
        receiver.onHead(OK, null);
        if (!pathAndQuery.contains("watch=1")) {
            receiver.onBytes(ByteBuffer.wrap(slices ? LargeService.sliceList() : LargeService.serviceList()));
            receiver.onEnd(null);
        } else if (slices) {
            slicesWatch.complete(receiver);
        }
        return () -> {};
    }

    @Override
    public StreamingLists streamingLists() {
        return streamingLists;
    }

    @Override
    public Optional<String> heldUpBy() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
