package io.inmesh.samples.quickstart;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.attempt.Attempts;
import io.inmesh.balancer.attempt.JdkHttpExchange;
import io.inmesh.balancer.attempt.Safety;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The plain Java door: the balancer says where each request goes, {@link Attempts} sends again what is safe to, and any HTTP client does
 * the talking. Here that is the JDK's own.
 */
final class HttpOrders implements OrdersClient, AutoCloseable {
    static final String TARGET = "orders.shop:http";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final LoadBalancer orders;
    private final Attempts attempts;

    HttpOrders(Mesh mesh) {
        orders = mesh.service(TARGET);
        attempts = mesh.attempts(orders);
    }

    /** What it picks by. */
    LoadBalancer balancer() {
        return orders;
    }

    @Override
    public Door door() {
        return Door.HTTP;
    }

    @Override
    public String call(Safety safety) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + OrdersApi.HTTP_HOST + OrdersApi.HTTP_PATH))
                .header("Host", OrdersApi.HTTP_HOST)
                .method(OrdersApi.httpMethod(safety), BodyPublishers.noBody())
                .timeout(TIMEOUT)
                .build();
        HttpResponse<String> answer = await(
                attempts.send(PickContext.NONE, safety, JdkHttpExchange.of(http, request, BodyHandlers.ofString())));
        if (answer.statusCode() != OK) {
            throw new IOException(answer + " (expected: " + OK + ")");
        }
        return answer.body();
    }

    private static <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for an answer");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    @Override
    public void close() {
        orders.close();
    }
}
