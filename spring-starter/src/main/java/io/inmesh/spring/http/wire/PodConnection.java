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
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
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

    /** Far more than heads of answers have; without a limit a peer out of its mind fills the heap. */
    private static final Http1Config PARSING = Http1Config.custom()
            .setMaxLineLength(64 * 1024)
            .setMaxHeaderCount(1000)
            .build();

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

    /** The head of an answer that came before all of the request was sent. Of the same thread. */
    private @Nullable ClassicHttpResponse early;

    /**
     * Opens none yet: {@link #connect} does.
     *
     * @param whenClosed told that it is closed, at least once
     */
    PodConnection(Peer peer, Consumer<PodConnection> whenClosed) throws IOException {
        super(PARSING, null, null, null, null, null, new DefaultHttpResponseParserFactory(PARSING));
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
            if (hasReadAhead() || available() > 0) {
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

    /** What is here already; with TLS only what has been decrypted, which happens while an answer is read. */
    private int available() throws IOException {
        return ensureOpen().getInputStream().available();
    }

    /**
     * Whether the answer is here, such as "too large", so that there is no use in sending on. What only tells of progress (1xx) is read and forgotten. With
     * TLS nobody hears of it before all is sent, or cannot be.
     */
    private boolean isAnswered() throws IOException {
        boolean some = early == null && available() > 0;
        while (some) {
            ClassicHttpResponse head = head();
            if (head.getCode() >= HttpStatus.SC_SUCCESS) {
                early = head;
                return true;
            }
            some = hasReadAhead() || available() > 0;
        }
        return early != null;
    }

    private ClassicHttpResponse head() throws IOException {
        try {
            return super.receiveResponseHeader();
        } catch (HttpException e) {
            throw new IOException(e.getMessage(), e);
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
        sent = new SentBody(super.createContentOutputStream(length, buffer, out, trailers), length, this::isAnswered);
        return sent;
    }

    @Override
    public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
        sent = null;
        brokenOff = null;
        early = null;
        super.sendRequestHeader(request);
    }

    /** Where it cannot be sent on the answer may be here, whatever the body's writer made of that: the peer has answered and hung up. */
    @Override
    public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
        try {
            super.sendRequestEntity(request);
        } catch (Exception | Error e) { // Also what a writer throws without declaring it.
            brokenOff = sent == null ? null : sent.failure();
            if (brokenOff == null) {
                throw e;
            }
        }
    }

    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        ClassicHttpResponse here = early;
        if (here != null) {
            early = null;
            return here;
        }
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
