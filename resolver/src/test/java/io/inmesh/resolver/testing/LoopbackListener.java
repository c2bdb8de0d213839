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
final class LoopbackListener {

    /** One that was accepted: its thread runs it until it has ended. */
    interface Connection extends Runnable {

        /** Ends it. */
        void close();
    }

    /** Makes a connection of a socket; the consumer is told when it has ended. */
    interface Acceptance {
        Connection accepted(Socket socket, Consumer<Connection> onEnd);
    }

    private static final int BACKLOG = 512;

    private final Executor threads;
    private final Acceptance acceptance;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    // All four guarded by this. The acceptor holds its own socket, ends when that is closed, and then opens the gate.
    private @Nullable ServerSocket listening;
    private CountDownLatch accepting = new CountDownLatch(0);
    private @Nullable Socket reservation;
    private int port;

    LoopbackListener(Executor threads, Acceptance acceptance) {
        this.threads = threads;
        this.acceptance = acceptance;
    }

    synchronized int port() {
        return port;
    }

    /** Those that are open now. */
    Set<Connection> connections() {
        return Set.copyOf(connections);
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
        deaf();
        connections.forEach(Connection::close);
    }

    /** Stops listening, leaves connections as they are, keeps the port. */
    synchronized void deaf() {
        try {
            stopListening();
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
            stopListening();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close port " + port + " of 127.0.0.1", e);
        }
        connections.forEach(Connection::close);
    }

    private void stopListening() throws IOException { // Called under the lock of this.
        release();
        ServerSocket socket = listening;
        listening = null;
        if (socket == null) {
            return;
        }
        socket.close();
        try {
            // Until the acceptor has left it, the port still listens.
            accepting.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
                Connection connection = acceptance.accepted(socket.accept(), connections::remove);
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
