package io.inmesh.balancer.attempt;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Servers on 127.0.0.x that play pods, well or badly. Each writes down the paths it was asked for. */
abstract class FaultyBackend implements AutoCloseable {
    /** Of connections that a full queue is offered, before it is taken for one that cannot be filled. */
    private static final int MOST_WAITING = 16;

    private static final int TO_CONNECT_MILLIS = 200;

    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** What it was asked for, method and path. */
    final List<String> seen() {
        return seen;
    }

    final void sees(String request) {
        seen.add(request);
    }

    abstract Endpoint endpoint();

    @Override
    public abstract void close();

    /** What a server of real HTTP does. */
    @FunctionalInterface
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    static void answer(HttpExchange exchange, int status) throws IOException {
        byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Answers at once. */
    static FaultyBackend healthy(int number) {
        return http(number, exchange -> answer(exchange, 200));
    }

    /** Takes so many milliseconds for each answer, as is said at that moment. */
    static FaultyBackend taking(int number, AtomicLong millis) {
        return http(number, exchange -> {
            LockSupport.parkNanos(millis.get() * 1_000_000);
            answer(exchange, 200);
        });
    }

    /** Real HTTP, answered so. */
    static FaultyBackend http(int number, Behaviour behaviour) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0." + number, 0), 1024);
            ExecutorService threads = Executors.newCachedThreadPool();
            FaultyBackend backend = new FaultyBackend() {
                @Override
                Endpoint endpoint() {
                    return Endpoint.of(
                            server.getAddress().getAddress().getHostAddress(),
                            server.getAddress().getPort());
                }

                @Override
                public void close() {
                    server.stop(0);
                    threads.shutdownNow();
                }
            };
            server.createContext("/", exchange -> {
                backend.sees(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                exchange.getRequestBody().readAllBytes();
                behaviour.answer(exchange);
            });
            server.setExecutor(threads);
            server.start();
            return backend;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a server of bare sockets does with a connection. */
    @FunctionalInterface
    interface Connection {
        void serve(Socket socket, FaultyBackend backend) throws IOException;
    }

    /** Accepts, hears, and says nothing. */
    static FaultyBackend silent(int number) {
        return sockets(number, (socket, backend) -> backend.sees(readRequest(socket.getInputStream())));
    }

    /** Reads a request and resets the connection. */
    static FaultyBackend resetting(int number) {
        return sockets(number, (socket, backend) -> {
            backend.sees(readRequest(socket.getInputStream()));
            socket.setSoLinger(true, 0);
            socket.close();
        });
    }

    /**
     * Answers so many requests and then, on connections that stay open, nothing more: neither end nor reset is sent, as by a machine without power. (That one
     * would not accept connections either; the kernel of this machine does.)
     */
    static FaultyBackend vanishing(int number, int answers) {
        int[] left = {answers};
        return sockets(number, (socket, backend) -> {
            while (true) {
                String request = readRequest(socket.getInputStream());
                if (request.isEmpty()) {
                    return;
                }
                backend.sees(request);
                synchronized (left) {
                    if (left[0]-- <= 0) {
                        return;
                    }
                }
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII));
            }
        });
    }

    /**
     * A host that drops what opens a connection: its listener accepts nothing, and its queue is full. Linux then drops; where it is otherwise, the test ends
     * here, skipped with the reason.
     */
    static FaultyBackend dropping(int number) {
        try {
            ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0." + number));
            List<Socket> waiting = new ArrayList<>();
            boolean full = false;
            while (!full && waiting.size() < MOST_WAITING) {
                Socket next = new Socket();
                waiting.add(next);
                full = !connects(next, server);
            }
            FaultyBackend backend = new FaultyBackend() {
                @Override
                Endpoint endpoint() {
                    return Endpoint.of(server.getInetAddress().getHostAddress(), server.getLocalPort());
                }

                @Override
                public void close() {
                    try {
                        for (Socket socket : waiting) {
                            socket.close();
                        }
                        server.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
            if (!full) {
                backend.close();
                System.out.println("a host that drops SYNs not tested: this kernel lets " + waiting.size()
                        + " connections wait at a listener whose queue has room for one");
            }
            assumeTrue(full, "this kernel drops nothing where a listener's queue is full");
            return backend;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean connects(Socket socket, ServerSocket server) throws IOException {
        try {
            socket.connect(server.getLocalSocketAddress(), TO_CONNECT_MILLIS);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    /** The request line of the next request without a body; empty at the end. */
    private static String readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                return "";
            }
            head.append((char) read);
        }
        return head.substring(0, head.indexOf(" HTTP/"));
    }

    private static FaultyBackend sockets(int number, Connection connection) {
        try {
            ServerSocket server = new ServerSocket(0, 1024, InetAddress.getByName("127.0.0." + number));
            ExecutorService threads = Executors.newCachedThreadPool();
            List<Socket> open = new CopyOnWriteArrayList<>();
            FaultyBackend backend = new FaultyBackend() {
                @Override
                Endpoint endpoint() {
                    return Endpoint.of(server.getInetAddress().getHostAddress(), server.getLocalPort());
                }

                @Override
                public void close() {
                    try {
                        server.close();
                        for (Socket socket : open) {
                            socket.close();
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    threads.shutdownNow();
                }
            };
            threads.execute(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket socket = server.accept();
                        open.add(socket);
                        threads.execute(() -> serve(socket, connection, backend));
                    } catch (IOException e) {
                        return; // Closed with the test.
                    }
                }
            });
            return backend;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(Socket socket, Connection connection, FaultyBackend backend) {
        try {
            connection.serve(socket, backend);
        } catch (IOException e) {
            backend.sees("lost " + e.getMessage()); // The client has gone, or the test is over.
        }
    }
}
