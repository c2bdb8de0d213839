package io.inmesh.samples.doors;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.attempt.Attempts;
import io.inmesh.balancer.attempt.JdkHttpExchange;
import io.inmesh.balancer.attempt.Safety;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/**
 * Requests to pods of a service by the JDK's HTTP client, and to another pod where one fails and it is safe. An {@code AsyncExchange} or {@code Exchange} of one's own
 * does the same for any other client.
 */
final class HttpDoor {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Attempts orders;

    /** Both are the caller's to close. */
    HttpDoor(Mesh mesh, LoadBalancer balancer) {
        orders = mesh.attempts(balancer);
    }

    CompletableFuture<String> order(int id) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://orders.shop/orders/" + id))
                .build();
        return orders.send( // orders = mesh.attempts(balancer)
                        PickContext.NONE,
                        Safety.ofHttpMethod(request.method()),
                        JdkHttpExchange.of(client, request, BodyHandlers.ofString()))
                .thenApply(HttpResponse::body);
    }
}
