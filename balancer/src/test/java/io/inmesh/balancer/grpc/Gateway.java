package io.inmesh.balancer.grpc;

import io.inmesh.api.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to a backend that a test can cut, and hold shut: connections are accepted then, and nothing comes of them, so that a client goes on
 * connecting; or let fall silent. Without a backend it is always shut.
 */
final class Gateway {
    private final ServerSocket socket;
    private final int backend;

    // Guarded by this.
    private final List<Socket> open = new ArrayList<>();
    private final List<Socket> held = new ArrayList<>();
    private boolean shut;
    private boolean silent;

    private Gateway(int backend) throws IOException {
        this.backend = backend;
        this.shut = backend == 0;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    static Gateway to(TestBackend backend) throws IOException {
        return new Gateway(backend.endpoint().port());
    }

    static Gateway toNowhere() throws IOException {
        return new Gateway(0);
    }

    Endpoint endpoint() {
        return Endpoint.of("127.0.0.1", socket.getLocalPort());
    }

    /** Ends every connection, and lets no other through until {@link #open()}. */
    synchronized void cutAndShut() {
        shut = true;
        open.forEach(Gateway::close);
        open.clear();
    }

    /** Lets those through that wait, and all others. */
    synchronized void open() {
        shut = false;
        held.forEach(this::connect);
        held.clear();
    }

    /** Takes nothing over any more, in either direction, as if the host behind it had vanished; connections stay. */
    synchronized void fallSilent() {
        silent = true;
    }

    private synchronized void awaitSpeech() throws IOException {
        try {
            while (silent) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("the test is over");
        }
    }

    /** How many wait before it. */
    synchronized int waiting() {
        return held.size();
    }

    synchronized void close() {
        silent = false;
        notifyAll();
        close(socket);
        open.forEach(Gateway::close);
        held.forEach(Gateway::close);
    }

    private void accept() throws IOException {
        while (!socket.isClosed()) {
            Socket client = socket.accept();
            synchronized (this) {
                if (shut) {
                    held.add(client);
                } else {
                    connect(client);
                }
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), backend);
            open.add(client);
            open.add(server);
            thread(() -> copy(client, server));
            thread(() -> copy(server, client));
        } catch (IOException e) {
            close(client); // The client sees what it would see without a gateway.
        }
    }

    private void copy(Socket from, Socket to) throws IOException {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] bytes = new byte[8_192];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                awaitSpeech();
                out.write(bytes, 0, read);
                out.flush();
            }
        }
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket of this machine cannot be closed", e);
        }
    }

    /** What runs until its sockets are closed. */
    @FunctionalInterface
    private interface UntilClosed {
        void run() throws IOException;
    }

    private static void thread(UntilClosed work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Cut, or the test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
