package io.inmesh.samples.doors;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** A Spring component that knows nothing of inmesh: with the starter on the class path its requests go to pods. */
@Component
class Orders {
    private final RestClient client;

    Orders(RestClient.Builder builder) {
        client = builder.baseUrl("http://orders.shop").build();
    }

    @Nullable
    String all() {
        return client.get().uri("/orders").retrieve().body(String.class);
    }
}
