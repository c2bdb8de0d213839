package io.inmesh.resolver.kubernetes.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Reads requests and answers none; knows which connections the client has closed. */
final class SilentServer implements AutoCloseable {
    final List<String> requests = new CopyOnWriteArrayList<>(); // Their first lines.
    final List<String> closed = new CopyOnWriteArrayList<>(); // Those of connections that the client closed.
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;

    SilentServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run("silent-server", this::accept);
    }

    String url() {
        return "http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    private static void run(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                run("silent-server-connection", () -> read(socket));
            } catch (IOException e) {
                return; // Closed: the test is over.
            }
        }
    }

    private void read(Socket socket) {
        String request = "";
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("GET ")) {
                    request = line;
                    requests.add(line);
                }
            }
            closed.add(request);
        } catch (IOException e) {
            closed.add(request); // Reset: closed as well.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
