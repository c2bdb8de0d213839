package io.inmesh.balancer.attempt;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request of the JDK's HTTP client, each attempt to an endpoint in place of the host that its URI names.
 *
 * <pre>{@code
 * HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders.shop/orders")).build();
 * CompletableFuture<HttpResponse<String>> answer = mesh.attempts(orders)
 *         .send(PickContext.NONE, Safety.ofHttpMethod(request.method()), JdkHttpExchange.of(client, request, BodyHandlers.ofString()));
 * }</pre>
 *
 * <p>Two things the JDK's client cannot do: it sends the address as {@code Host} (unless the JVM was started with {@code
 * -Djdk.httpclient.allowRestrictedHeaders=host} and the request sets it), and it would verify a certificate against the address. So https is
 * refused here; where either matters use a client that keeps them, such as Reactor Netty or Apache HttpClient 5.
 *
 * <p>The request's body must be one that can be published more than once, as those of {@code BodyPublishers.ofString} and {@code ofByteArray} can. A
 * body handler that hands out a stream leaves it to the caller to read and close it; the lease ends when the stream begins.
 *
 * <p>Threads: any, one request at a time.
 *
 * @param <B> the type of the answer's body
 */
public final class JdkHttpExchange<B> implements AsyncExchange<HttpResponse<B>> {
    private final HttpClient client;
    private final HttpRequest request;
    private final BodyHandler<B> handler;

    /** Null until a mesh has said by which. */
    private final @Nullable OutcomeClassifier classifier;

    private JdkHttpExchange(
            HttpClient client, HttpRequest request, BodyHandler<B> handler, @Nullable OutcomeClassifier classifier) {
        this.client = client;
        this.request = request;
        this.handler = handler;
        this.classifier = classifier;
    }

    /**
     * An exchange that reads status codes as the mesh does that sends it.
     *
     * @throws IllegalArgumentException if the request is not of scheme http
     */
    public static <B> JdkHttpExchange<B> of(HttpClient client, HttpRequest request, BodyHandler<B> handler) {
        return checked(client, request, handler, null);
    }

    /** The same with a reading of status codes of its own, whatever the mesh's is. What it throws is what the call fails with. */
    public static <B> JdkHttpExchange<B> of(
            HttpClient client, HttpRequest request, BodyHandler<B> handler, OutcomeClassifier classifier) {
        return checked(client, request, handler, classifier);
    }

    private static <B> JdkHttpExchange<B> checked(
            HttpClient client, HttpRequest request, BodyHandler<B> handler, @Nullable OutcomeClassifier classifier) {
        if (!"http".equalsIgnoreCase(request.uri().getScheme())) {
            throw new IllegalArgumentException(
                    request.uri()
                            + " (expected: http; the JDK's client would verify certificates against the pod's address, so use another client for https)");
        }
        return new JdkHttpExchange<>(client, request, handler, classifier);
    }

    @Override
    public JdkHttpExchange<B> classifiedBy(OutcomeClassifier mesh) {
        return classifier == null ? new JdkHttpExchange<>(client, request, handler, mesh) : this;
    }

    private Outcome classified(int code, @Nullable Throwable error, Delivery delivery) {
        OutcomeClassifier reads = classifier == null ? OutcomeClassifier.standard() : classifier;
        return reads.classify(Wire.HTTP, code, error, delivery);
    }

    @Override
    public CompletableFuture<HttpResponse<B>> send(Lease lease) {
        HttpRequest there = HttpRequest.newBuilder(request, (name, value) -> true)
                .uri(at(lease.endpoint()))
                .build();
        return client.sendAsync(there, handler);
    }

    private URI at(Endpoint endpoint) {
        URI uri = request.uri();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        try {
            return new URI("http://" + endpoint.address() + path + query);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(uri + " at " + endpoint.address() + " is no URI", e);
        }
    }

    @Override
    public Outcome outcomeOf(HttpResponse<B> answer) {
        return RetryAfter.applied(
                classified(answer.statusCode(), null, Delivery.SENT),
                RetryAfter.of(
                        answer.headers().firstValue("Retry-After").orElse(null),
                        answer.headers().firstValue("Date").orElse(null)));
    }

    @Override
    public Outcome outcomeOf(Throwable error) {
        boolean neverConnected = error instanceof ConnectException || error instanceof HttpConnectTimeoutException;
        return classified(OutcomeClassifier.NO_CODE, error, neverConnected ? Delivery.NOT_SENT : Delivery.SENT);
    }

    @Override
    public void discard(HttpResponse<B> answer) {
        if (answer.body() instanceof AutoCloseable stream) {
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException("the body of " + answer + " did not close", e);
            }
        }
    }

    @Override
    public String toString() {
        return request.toString();
    }
}
