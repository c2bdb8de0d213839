package io.inmesh.spring.http.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server that does with each connection what its script says, byte by byte, and keeps what it was asked. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What happens on a connection, which is closed after it. */
    @FunctionalInterface
    interface Script {
        void play(Connection connection) throws Exception;

        /** Answers every request the same. */
        static Script answering(String answer) {
            return connection -> {
                while (connection.read() != null) {
                    connection.send(answer);
                }
            };
        }
    }

    /**
     * A request as it arrived.
     *
     * @param connection which it came on, counted from 0
     * @param head first line and headers, without the empty line
     * @param body as it was before it was cut in chunks
     */
    record Request(int connection, String head, String body) {
        String firstLine() {
            return head.lines().findFirst().orElseThrow();
        }

        String target() {
            return firstLine()
                    .substring(firstLine().indexOf(' ') + 1, firstLine().lastIndexOf(' '));
        }

        /** All values of a header. */
        List<String> header(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).trim())
                    .toList();
        }
    }

    private ScriptedServer(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
    }

    static ScriptedServer start(Script script) {
        return start(null, script);
    }

    /** With TLS, if there is some. */
    static ScriptedServer start(@Nullable SSLContext tls, Script script) {
        try {
            InetAddress address = InetAddress.getByName("127.0.0.81");
            ServerSocket socket = tls == null
                    ? new ServerSocket(0, 200, address)
                    : tls.getServerSocketFactory().createServerSocket(0, 200, address);
            ScriptedServer server = new ScriptedServer(socket, script);
            server.threads.execute(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Connection connection = new Connection(connections.size(), server.accept());
                connections.add(connection);
                threads.execute(connection);
            } catch (IOException e) {
                return; // Closed with the test.
            }
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    List<Request> requests() {
        return requests;
    }

    List<Connection> connections() {
        return connections;
    }

    /** How many connections neither side has ended. */
    long open() {
        return connections.stream().filter(each -> !each.over).count();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Connection each : connections) {
                each.socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    /** One of its connections, as its script sees it. */
    final class Connection implements Runnable {
        private final int number;
        private final Socket socket;

        /** Written by its script's thread, read by the test's. */
        private volatile boolean over;

        private Connection(int number, Socket socket) {
            this.number = number;
            this.socket = socket;
        }

        @Override
        public void run() {
            try (socket) {
                socket.setTcpNoDelay(true);
                script.play(this);
            } catch (Exception e) {
                // The peer's hanging up by a reset, or the test's end.
            } finally {
                over = true;
            }
        }

        int number() {
            return number;
        }

        boolean isOver() {
            return over;
        }

        Socket socket() {
            return socket;
        }

        /** The next request with its body; null if the peer has hung up instead. */
        @Nullable
        Request read() throws IOException {
            String head = readHead();
            if (head == null) {
                return null;
            }
            Request bare = new Request(number, head, "");
            String body = "";
            if (!bare.header("Content-Length").isEmpty()) {
                body = exactly(Integer.parseInt(bare.header("Content-Length").get(0)));
            } else if (bare.header("Transfer-Encoding").contains("chunked")) {
                body = chunks();
            }
            Request read = new Request(number, head, body);
            requests.add(read);
            return read;
        }

        /** Only what comes before the body. */
        @Nullable
        String readHead() throws IOException {
            StringBuilder head = new StringBuilder();
            String line = line();
            while (line != null && !line.isEmpty()) {
                head.append(line).append('\n');
                line = line();
            }
            return line == null ? null : head.toString();
        }

        private String chunks() throws IOException {
            StringBuilder body = new StringBuilder();
            int size = chunkSize();
            while (size > 0) {
                body.append(exactly(size));
                line();
                size = chunkSize();
            }
            line();
            return body.toString();
        }

        private int chunkSize() throws IOException {
            String line = line();
            if (line == null) {
                throw new EOFException("within a chunked body");
            }
            return Integer.parseInt(line, 16);
        }

        private String exactly(int length) throws IOException {
            byte[] bytes = socket.getInputStream().readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("within a body");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        private @Nullable String line() throws IOException {
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int read = in.read();
            while (read >= 0 && read != '\n') {
                line.write(read);
                read = in.read();
            }
            return read < 0 ? null : line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        /** Ends it with a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Reads on until the peer hangs up, in whatever way. */
        void untilHungUp() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                // What comes does not matter.
            }
        }
    }
}
