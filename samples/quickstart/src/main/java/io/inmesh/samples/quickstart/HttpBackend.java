package io.inmesh.samples.quickstart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/** The HTTP server of a pod. */
final class HttpBackend implements Backend {
    private static final int OK = 200;
    private static final int MISDIRECTED = 421;
    private static final int LONGEST_STOP_SECONDS = 1;

    private final Work work;
    private final LongAdder started = new LongAdder();
    private final HttpServer server;

    HttpBackend(InetAddress address, Work work) throws IOException {
        this.work = work;
        server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        server.setExecutor(work.threads());
        server.createContext(OrdersApi.HTTP_PATH, this::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) {
        started.increment();
        work.thenAnswer(() -> answer(exchange));
    }

    private void answer(HttpExchange exchange) {
        boolean isOurs = OrdersApi.HTTP_HOST.equals(exchange.getRequestHeaders().getFirst("Host"));
        byte[] body = work.podName().getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(isOurs ? OK : MISDIRECTED, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            // The connection is gone, since this pod was killed: the client counts the request, here nothing is left to
            // do.
            exchange.close();
        }
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public long started() {
        return started.sum();
    }

    @Override
    public void stop() {
        server.stop(LONGEST_STOP_SECONDS);
    }

    @Override
    public void kill() {
        server.stop(0);
    }
}
