package io.inmesh.resolver.testing;

import io.inmesh.api.time.Scheduler;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on 127.0.0.1 that passes bytes between clients and one server, until it is told to be a bad network: it cuts
 * connections in the middle of whatever they carry, leaves them half open, lets bytes trickle, splits them, holds them up, or refuses
 * connections. What it carries is its own affair: any protocol over TCP goes through.
 *
 * <pre>{@code
 * try (ScriptedApiServer api = ScriptedApiServer.open();
 *         FaultyProxy network = FaultyProxy.to(api.url())) {
 *     connect(network.url());
 *     network.halfOpen(); // Whoever is connected hears nothing from now on, and is not told.
 * }
 * }</pre>
 *
 * <p>Threads: any. Two threads for each open connection.
 */
public final class FaultyProxy implements AutoCloseable {
    private static final AtomicInteger THREADS = new AtomicInteger();

    private final URI server;
    private final Scheduler scheduler;
    private final LoopbackListener listener;

    // The scheduler to be closed with the proxy, or null if it is someone else's.
    private final @Nullable Scheduler owned;

    // Written by tests, read by every connection before each piece.
    private volatile Pace pace = Pace.FULL;

    private FaultyProxy(URI server, Scheduler scheduler, @Nullable Scheduler owned) {
        if (server.getHost() == null || server.getPort() < 0) {
            throw new IllegalArgumentException(
                    "server: '" + server + "' (expected: a host and a port, as in http://127.0.0.1:8001)");
        }
        this.server = server;
        this.scheduler = scheduler;
        this.owned = owned;
        listener = new LoopbackListener(
                FaultyProxy::onNewThread, (socket, onEnd) -> new ProxiedConnection(socket, this, onEnd));
        listener.open();
    }

    /** Opens one on a free port, its pauses in real time. */
    public static FaultyProxy to(URI server) {
        Scheduler scheduler = Scheduler.system("faulty-proxy-timer");
        return new FaultyProxy(server, scheduler, scheduler);
    }

    /** Opens one on a free port, its pauses on that scheduler, which stays the caller's. */
    public static FaultyProxy to(URI server, Scheduler scheduler) {
        return new FaultyProxy(server, scheduler, null);
    }

    static void onNewThread(Runnable task) {
        Thread thread = new Thread(task, "faulty-proxy-" + THREADS.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
    }

    /** Where it listens, also while it refuses: the server's URL with another host and port. */
    public URI url() {
        String path = server.getRawPath() == null ? "" : server.getRawPath();
        return URI.create(server.getScheme() + "://127.0.0.1:" + listener.port() + path);
    }

    /** How many connections are open now, those that are half open included. */
    public int connections() {
        return listener.connections().size();
    }

    /** Passes bytes on at that pace from now on, on every connection, in both directions. */
    public void pace(Pace newPace) {
        pace = newPace;
    }

    /** Breaks every open connection at once, by a reset. */
    public void cut() {
        each(ProxiedConnection::reset);
    }

    /** Breaks every open connection once it has carried that many more bytes from the server, 1 or more: in the middle of an event. */
    public void cutAfter(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes: " + bytes + " (expected: 1 or more)");
        }
        each(connection -> connection.cutAfter(bytes));
    }

    /**
     * Leaves every open connection half open, for good: nothing is carried any more, either way, and neither end is told, not even when
     * the other one closes (rule W-13). Connections that are opened later work.
     */
    public void halfOpen() {
        each(ProxiedConnection::silence);
    }

    /** Refuses connections from now on; those that are open go on. */
    public void refuse() {
        listener.deaf();
    }

    /** Accepts connections again, on the same port. */
    public void accept() {
        listener.open();
    }

    /** Breaks every connection and is gone. */
    @Override
    public void close() {
        listener.close();
        if (owned != null) {
            owned.close();
        }
    }

    private void each(Consumer<ProxiedConnection> action) {
        listener.connections().forEach(connection -> action.accept((ProxiedConnection) connection));
    }

    Pace pace() {
        return pace;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    InetSocketAddress target() {
        return new InetSocketAddress(server.getHost(), server.getPort());
    }
}
