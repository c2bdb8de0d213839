package io.inmesh.resolver.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a loopback port, goes down and comes back on the same one. While down the port stays reserved by a socket that is bound
 * but does not listen: connections are refused, and no other process, nor a client's own end, can take the number meanwhile.
 *
 * <p>Threads: {@code open}, {@code down} and {@code close} are guarded by this.
 */
final class HttpListener {
    private static final int BACKLOG = 512;

    private final Executor threads;
    private final Consumer<Exchange> handler;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();

    // All four guarded by this. The acceptor holds its own socket, ends when that is closed, and then opens the gate.
    private @Nullable ServerSocket listening;
    private CountDownLatch accepting = new CountDownLatch(0);
    private @Nullable Socket reservation;
    private int port;

    HttpListener(Executor threads, Consumer<Exchange> handler) {
        this.threads = threads;
        this.handler = handler;
    }

    synchronized int port() {
        return port;
    }

    /** Listens, on the port it had before if there was one. */
    synchronized void open() {
        if (listening != null) {
            return;
        }
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            release();
            socket.bind(address(port), BACKLOG);
            port = socket.getLocalPort();
            listening = socket;
            CountDownLatch gate = new CountDownLatch(1);
            accepting = gate;
            threads.execute(() -> accept(socket, gate));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + port + " (0 = any port)", e);
        }
    }

    /** Stops listening, breaks every connection, keeps the port. */
    synchronized void down() {
        close();
        try {
            Socket socket = new Socket();
            socket.setReuseAddress(true);
            socket.bind(address(port));
            reservation = socket;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep port " + port + " of 127.0.0.1 reserved while down", e);
        }
    }

    /** Stops listening, breaks every connection, gives the port back. */
    synchronized void close() {
        try {
            release();
            ServerSocket socket = listening;
            listening = null;
            if (socket != null) {
                socket.close();
                // Until the acceptor has left it, the port still listens.
                accepting.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close port " + port + " of 127.0.0.1", e);
        }
        connections.forEach(HttpConnection::close);
    }

    private void release() throws IOException {
        Socket socket = reservation;
        reservation = null;
        if (socket != null) {
            socket.close();
        }
    }

    private void accept(ServerSocket socket, CountDownLatch gate) {
        try {
            acceptUntilClosed(socket);
        } finally {
            gate.countDown();
        }
    }

    private void acceptUntilClosed(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                HttpConnection connection = new HttpConnection(socket.accept(), handler, connections::remove);
                connections.add(connection);
                threads.execute(connection);
                if (socket.isClosed()) {
                    // Accepted while the server went down, perhaps after it broke all connections it knew.
                    connection.close();
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException("cannot accept connections on " + socket, e);
                }
                // Closed: that is how accept is told to end.
            }
        }
    }

    private static InetSocketAddress address(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    }
}
