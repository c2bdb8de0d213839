package io.inmesh.samples.quickstart;

import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.api.PickContext;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.attempt.Attempts;
import io.inmesh.balancer.attempt.Exchange;
import io.inmesh.balancer.attempt.Safety;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

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
        Answer answer = attempts.call(PickContext.NONE, safety, new OrderExchange(http, OrdersApi.httpMethod(safety)));
        answer.lease().complete(answer.outcome());
        if (answer.response().statusCode() != OK) {
            throw new IOException(answer.response() + " (expected: " + OK + ")");
        }
        return answer.response().body();
    }

    @Override
    public void close() {
        orders.close();
    }

    /** A response that has been read, and the lease it came by. */
    private record Answer(Lease lease, HttpResponse<String> response) {
        Outcome outcome() {
            return OutcomeClassifier.standard().classify(Wire.HTTP, response.statusCode(), null, Delivery.SENT);
        }
    }

    /** One request, in the terms of the JDK's client. */
    private record OrderExchange(HttpClient http, String method) implements Exchange<Answer, IOException> {

        @Override
        public Answer send(Lease lease) throws IOException {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://" + lease.endpoint().address() + OrdersApi.HTTP_PATH))
                    .header("Host", OrdersApi.HTTP_HOST)
                    .method(method, BodyPublishers.noBody())
                    .timeout(TIMEOUT)
                    .build();
            try {
                return new Answer(lease, http.send(request, BodyHandlers.ofString()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException(
                        "interrupted while waiting for " + lease.endpoint().address());
            }
        }

        @Override
        public Outcome outcomeOf(Answer answer) {
            return answer.outcome();
        }

        @Override
        public Outcome outcomeOf(Exception error) {
            if (error instanceof InterruptedIOException) {
                return Outcome.CANCELLED;
            }
            boolean neverConnected = error instanceof ConnectException || error instanceof HttpConnectTimeoutException;
            if (error instanceof HttpTimeoutException && !neverConnected) {
                return Outcome.TIMEOUT;
            }
            Delivery delivery = neverConnected ? Delivery.NOT_SENT : Delivery.SENT;
            return OutcomeClassifier.standard().classify(Wire.HTTP, OutcomeClassifier.NO_CODE, error, delivery);
        }

        @Override
        public void discard(Answer answer) {
            // Read to its end already.
        }

        @Override
        public IOException rejected(Rejection rejection) {
            return new ConnectException(rejection.toString());
        }
    }
}
