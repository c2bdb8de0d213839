package io.inmesh.spring.http.wire;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: the connection that carries it, to be taken from it by whoever gives it up, and whether anything of it was sent.
 *
 * <p>Threads: written by the requesting thread; cancelled by any.
 */
public final class Transmission {
    /** Has the connection from before it opens until the answer has been read. Whoever takes it out decides what becomes of it. */
    private final AtomicReference<@Nullable PodConnection> carrier = new AtomicReference<>();

    private volatile boolean cancelled;
    private volatile boolean begun;
    private volatile @Nullable Throwable bodyFailure;

    /** False as long as no byte of the request was handed to a connection. */
    public boolean hasBegun() {
        return begun;
    }

    /** What the body's writer threw of its own accord, and not because it could not be sent; null if that is not what failed. */
    public @Nullable Throwable bodyFailure() {
        return bodyFailure;
    }

    void bodyFailed(Throwable error) {
        bodyFailure = error;
    }

    /** Closes the connection that carries it, or will: whoever waits for the answer waits no more. Once that has been read nothing happens. */
    public void cancel() {
        cancelled = true;
        abort();
    }

    /** From now on that connection carries it. */
    void carriedBy(PodConnection connection) throws IOException {
        carrier.set(connection);
        if (cancelled) {
            abort();
            throw new InterruptedIOException("taken back before it was sent");
        }
    }

    /** Bytes may be sent from now on. */
    void begins() {
        begun = true;
    }

    /** The connection has done its work, and belongs to the caller; null if it was taken back before. */
    @Nullable
    PodConnection release() {
        return carrier.getAndSet(null);
    }

    /** Nothing can come of it any more. */
    void abort() {
        PodConnection connection = release();
        if (connection != null) {
            connection.close(CloseMode.IMMEDIATE);
        }
    }

    /**
     * The same, since that happened.
     *
     * @return what the caller is told: an interrupted thread, to which each layer gives its own words, that it was interrupted
     */
    IOException failed(IOException error) {
        abort();
        if (!Thread.currentThread().isInterrupted()) {
            return error;
        }
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(error);
        return interrupted;
    }
}
