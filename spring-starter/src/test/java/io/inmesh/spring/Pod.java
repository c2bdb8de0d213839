package io.inmesh.spring;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server that plays a pod: answers its own name, unless told otherwise, and keeps what it was asked. */
final class Pod implements AutoCloseable {
    private final String name;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private volatile Answer answer;

    /** A request as it arrived. */
    record Seen(String method, String uri, Headers headers, String body, int connection) {}

    /** What a pod does with a request, once it has read it. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private Pod(String name, HttpServer server) {
        this.name = name;
        this.server = server;
        this.answer = exchange -> answer(exchange, 200, name);
    }

    /** Starts one on an address of its own, 127.0.0.NUMBER. */
    static Pod start(int number) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0." + number, 0), 0);
            return new Pod("pod-" + number, server).serve();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Pod serve() {
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            seen.add(new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    body,
                    exchange.getRemoteAddress().getPort()));
            answer.to(exchange);
        });
        server.setExecutor(threads);
        server.start();
        return this;
    }

    /** From now on it does this. */
    Pod answering(Answer newAnswer) {
        answer = newAnswer;
        return this;
    }

    /** Answers with a text. */
    static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        exchange.getResponseBody().write(none ? new byte[0] : bytes);
        exchange.close();
    }

    /** Takes the request and breaks the connection without an answer. */
    static Answer breakingOff() {
        return exchange -> {
            throw new IllegalStateException("this pod dies with the request " + exchange.getRequestURI());
        };
    }

    String name() {
        return name;
    }

    List<Seen> seen() {
        return seen;
    }

    int port() {
        return server.getAddress().getPort();
    }

    Endpoint endpoint() {
        return Endpoint.of(server.getAddress().getAddress().getHostAddress(), port())
                .withPod(name);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
