package io.inmesh.resolver.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** One connection through a {@link FaultyProxy}: a thread for each direction. */
final class ProxiedConnection implements LoopbackListener.Connection {
    private static final int BUFFER = 16 * 1024;

    private final Socket client;
    private final Socket server = new Socket();
    private final FaultyProxy proxy;
    private final Consumer<LoopbackListener.Connection> onEnd;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicInteger directions = new AtomicInteger(2);

    /** What it may still carry from the server; lowered by the thread of that direction, set by tests. */
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);

    private volatile boolean silent; // Written by tests, read by both directions.

    ProxiedConnection(Socket client, FaultyProxy proxy, Consumer<LoopbackListener.Connection> onEnd) {
        this.client = client;
        this.proxy = proxy;
        this.onEnd = onEnd;
    }

    @Override
    public void run() {
        try {
            server.connect(proxy.target());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            close(); // The server cannot be reached: neither can it through here.
            return;
        }
        FaultyProxy.onNewThread(() -> carry(server, client, left));
        carry(client, server, new AtomicLong(Long.MAX_VALUE));
    }

    private void carry(Socket from, Socket to, AtomicLong budget) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!silent && !pass(buffer, read, out, budget)) {
                    close();
                }
            }
            if (!silent) {
                to.shutdownOutput(); // What was sent before still arrives.
                if (directions.decrementAndGet() == 0) {
                    close();
                }
            }
        } catch (IOException e) {
            if (!silent) { // One end broke the connection: the other one hears of it.
                close();
            }
        }
    }

    /** False if the connection is to be cut here. */
    private boolean pass(byte[] bytes, int length, OutputStream out, AtomicLong budget) throws IOException {
        int from = 0;
        while (from < length) {
            Pace pace = proxy.pace();
            await(pace);
            if (silent) {
                return true;
            }
            long allowed = budget.get(); // Read once: a limit that is set meanwhile counts from the next piece on.
            int piece = (int) Math.min(Math.min(length - from, pace.pieceBytes()), allowed);
            out.write(bytes, from, piece);
            out.flush();
            from += piece;
            if (allowed != Long.MAX_VALUE && budget.compareAndSet(allowed, allowed - piece) && allowed == piece) {
                return false;
            }
        }
        return true;
    }

    private void await(Pace pace) {
        if (!pace.pause().isZero()) {
            CompletableFuture<Void> due = new CompletableFuture<>();
            proxy.scheduler().schedule(() -> due.complete(null), pace.pause());
            CompletableFuture.anyOf(due, closed).join();
        }
    }

    void cutAfter(int bytes) {
        left.set(bytes);
    }

    void silence() {
        silent = true;
    }

    void reset() {
        try {
            client.setSoLinger(true, 0);
            server.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already, or not connected yet: closing says the rest.
            close();
            return;
        }
        close();
    }

    @Override
    public void close() {
        closed.complete(null);
        try (client;
                server) {
            onEnd.accept(this);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + client + " or " + server, e);
        }
    }
}
