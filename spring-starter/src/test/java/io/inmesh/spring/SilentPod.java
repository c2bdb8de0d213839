package io.inmesh.spring;

import io.inmesh.api.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes requests, answers none, and knows when its callers hang up. */
final class SilentPod implements AutoCloseable {
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger hungUp = new AtomicInteger();

    private SilentPod(ServerSocket server) {
        this.server = server;
    }

    /** Starts one on 127.0.0.NUMBER. */
    static SilentPod start(int number) {
        try {
            SilentPod pod = new SilentPod(new ServerSocket(0, 64, InetAddress.getByName("127.0.0." + number)));
            pod.threads.execute(pod::accept);
            return pod;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> listen(socket));
            } catch (IOException e) {
                return; // Closed with the test.
            }
        }
    }

    private void listen(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            if (in.read() >= 0) {
                asked.incrementAndGet();
            }
            while (in.read() >= 0) {
                // What is asked does not matter.
            }
            hungUp.incrementAndGet();
        } catch (IOException e) {
            hungUp.incrementAndGet(); // By a reset.
        }
    }

    int asked() {
        return asked.get();
    }

    int hungUp() {
        return hungUp.get();
    }

    Endpoint endpoint() {
        return Endpoint.of(server.getInetAddress().getHostAddress(), server.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
