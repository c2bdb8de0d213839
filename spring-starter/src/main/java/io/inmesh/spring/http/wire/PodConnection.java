package io.inmesh.spring.http.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a pod. Its socket is one of a channel: that can say at any time, without waiting, whether the peer has hung up, and ends with its
 * thread's interruption.
 *
 * <p>Threads: one at a time; {@link #close} by any.
 */
final class PodConnection extends DefaultBHttpClientConnection {
    /** What is read at once. */
    private static final int MOST = 64 * 1024;

    private final Peer peer;
    private final SocketChannel channel;
    private final Consumer<PodConnection> whenClosed;

    /** When it last became idle, on the pool's clock. Written before it is put there, read by who looks through the pool. */
    private volatile long idleSince;

    /** Set by whoever hears that the peer leaves, read when the request is over. */
    private volatile boolean last;

    /** False while only what has been read before counts. Of the thread whose connection it is. */
    private boolean readsOn = true;

    /** The body that was sent last. Of the same thread. */
    private @Nullable SentBody sent;

    /** Why not all of it could be sent, although the answer may be here. Of the same thread. */
    private @Nullable IOException brokenOff;

    /**
     * Opens none yet: {@link #connect} does.
     *
     * @param whenClosed told that it is closed, at least once
     */
    PodConnection(Peer peer, Consumer<PodConnection> whenClosed) throws IOException {
        // An answer that comes before all of the request is sent is taken, and ends the sending: such as "too large".
        super(
                Http1Config.DEFAULT,
                null,
                null,
                null,
                null,
                (request, connection, answer, sent, next) -> answer.available() > 0,
                null,
                null);
        this.peer = peer;
        this.whenClosed = whenClosed;
        this.channel = SocketChannel.open();
        bind(new Source(channel.socket()));
    }

    Peer peer() {
        return peer;
    }

    /**
     * Connects, with TLS if the peer has it.
     *
     * @throws ConnectException if nobody listened, or it was not there in time
     */
    void connect(Limits limits) throws IOException {
        Socket socket = channel.socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(peer.address(), limits.connectMillis());
            Tls tls = peer.tls();
            if (tls != null) {
                socket.setSoTimeout(limits.connectMillis());
                bind(new Source(tls.over(socket, peer), socket));
            }
        } catch (SocketTimeoutException e) {
            ConnectException late = new ConnectException("no connection within " + limits.connect());
            late.initCause(e);
            throw late;
        }
    }

    /**
     * Whether an idle connection is of no use any more: the peer has closed it, or has sent something that nobody asked for, such as the end of TLS,
     * or more than its last answer was to have. Takes what it finds, so a connection of which this is true is to be closed.
     */
    boolean isHungUp() {
        try {
            if (hasReadAhead()) {
                return true;
            }
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) != 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) {
            return true; // Closed by us, or broken.
        }
    }

    /** Whether bytes have been read that no answer had a use for. */
    private boolean hasReadAhead() throws IOException {
        readsOn = false;
        try {
            return awaitInput(Timeout.ONE_MILLISECOND); // Which is not waited for, since nothing more is read.
        } finally {
            readsOn = true;
        }
    }

    /** The request that it carries is the last one. */
    void endsWithItsRequest() {
        last = true;
    }

    boolean isLast() {
        return last;
    }

    @Override
    protected OutputStream createContentOutputStream(
            long length,
            SessionOutputBuffer buffer,
            OutputStream out,
            @Nullable Supplier<List<? extends Header>> trailers) {
        sent = new SentBody(super.createContentOutputStream(length, buffer, out, trailers), length);
        return sent;
    }

    /** Where it cannot be sent on the answer may be here, whatever the body's writer made of that: the peer has answered and hung up. */
    @Override
    public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
        try {
            super.sendRequestEntity(request);
        } catch (IOException | RuntimeException e) {
            brokenOff = sent == null ? null : sent.failure();
            if (brokenOff == null) {
                throw e;
            }
        }
    }

    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        if (brokenOff == null) {
            return super.receiveResponseHeader();
        }
        try {
            return super.receiveResponseHeader();
        } catch (HttpException | IOException e) {
            brokenOff.addSuppressed(e);
            throw brokenOff;
        }
    }

    /** Not if the peer waits for the rest of a body. */
    @Override
    public boolean isConsistent() {
        return super.isConsistent() && (sent == null || sent.isWhole());
    }

    /** Of a body that was broken off nothing more is sent, for nobody may read it. */
    @Override
    public void flush() throws IOException {
        if (isConsistent()) {
            super.flush();
        }
    }

    @Override
    public void close(CloseMode mode) {
        whenClosed.accept(this);
        super.close(mode);
    }

    @Override
    public void close() throws IOException {
        whenClosed.accept(this);
        super.close();
    }

    void idleSince(long now) {
        idleSince = now;
    }

    long idleSince() {
        return idleSince;
    }

    /** What the library reads from. */
    private final class Source extends SocketHolder {
        private Source(Socket socket) {
            super(socket);
        }

        private Source(SSLSocket tls, Socket socket) {
            super(tls, socket);
        }

        @Override
        protected InputStream getInputStream(Socket socket) throws IOException {
            return new FilterInputStream(super.getInputStream(socket)) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    // A channel takes as much memory outside the heap as it is asked for, and keeps it.
                    return readsOn ? super.read(bytes, offset, Math.min(length, MOST)) : -1;
                }
            };
        }
    }
}
