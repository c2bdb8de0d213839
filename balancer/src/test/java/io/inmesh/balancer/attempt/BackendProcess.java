package io.inmesh.balancer.attempt;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A backend in a process of its own, which can be killed as {@code kill -9} does. */
final class BackendProcess implements AutoCloseable {
    private final Process process;
    private final Endpoint endpoint;
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Thread reading;

    private BackendProcess(Process process, Endpoint endpoint, BufferedReader out) {
        this.process = process;
        this.endpoint = endpoint;
        this.reading = new Thread(() -> out.lines().forEach(seen::add), "what " + endpoint.address() + " was asked");
        reading.setDaemon(true);
        reading.start();
    }

    /** Starts one on 127.0.0.NUMBER and waits until it serves. */
    static BackendProcess start(int number) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BackendProcess.class.getName(),
                            "127.0.0." + number)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String port = out.readLine();
            if (port == null) {
                throw new IllegalStateException("the backend ended with " + process.exitValue());
            }
            return new BackendProcess(process, Endpoint.of("127.0.0." + number, Integer.parseInt(port)), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** What it was asked for until it was killed, method and path. */
    List<String> seenUntilKilled() throws InterruptedException {
        reading.join(60_000); // To the end of what it said, which its death has brought.
        if (reading.isAlive()) {
            throw new AssertionError(endpoint + " was killed and still speaks");
        }
        return seen;
    }

    /** SIGKILL: no handler runs, the kernel closes what was open. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }

    /** The process: serves until it is killed, or until whoever started it has gone. */
    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(args[0], 0), 1024);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            synchronized (System.out) {
                System.out.println(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                System.out.flush();
            }
            FaultyBackend.answer(exchange, 200);
        });
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
        System.out.println(server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // Nothing is ever said; the end of it is.
        }
        System.exit(0);
    }
}
