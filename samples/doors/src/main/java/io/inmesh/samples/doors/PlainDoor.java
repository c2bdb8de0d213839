package io.inmesh.samples.doors;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** One request to a pod of a service, with whatever client there is. */
final class PlainDoor {
    private PlainDoor() {}

    /** Sends one request and prints where it went. */
    public static void main(String[] args) {
        try (Mesh mesh = Mesh.create();
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            orders.whenReady(Duration.ofSeconds(5)).toCompletableFuture().join();
            if (orders.pick(PickContext.NONE) instanceof Lease lease) {
                try (lease) {
                    lease.complete(send(lease.endpoint())); // your client; returns an Outcome
                }
            }
        }
    }

    private static Outcome send(Endpoint endpoint) {
        try {
            URI uri = URI.create("http://" + endpoint.address() + "/orders");
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            System.out.println(endpoint.address() + " answered " + connection.getResponseCode());
            return connection.getResponseCode() < 500
                    ? Outcome.SUCCESS
                    : Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT);
        } catch (IOException e) {
            System.out.println(endpoint.address() + " did not answer: " + e.getMessage());
            return Outcome.failure(Outcome.Origin.LOCAL, Outcome.Delivery.SENT);
        }
    }
}
