package io.inmesh.samples.doors;

import io.inmesh.spring.MeshRequests;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** A POST that may be repeated, for it carries its own number, and that goes where its customer's orders always go. */
@Component
class OrderPlacing {
    private final RestClient client;

    /** What is ordered, under a number of the caller's own. */
    record Order(String number, String customer, int pieces) {}

    OrderPlacing(RestClient.Builder builder) {
        client = builder.baseUrl("http://orders.shop").build();
    }

    void place(Order order) {
        client.post()
                .uri("/orders")
                .attribute(MeshRequests.IDEMPOTENT, true) // its number makes it one order, however often it comes
                .attribute(MeshRequests.KEY, order.customer())
                .body(order)
                .retrieve()
                .toBodilessEntity();
    }
}
