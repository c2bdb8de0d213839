package example;

import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

@Component
class Orders {
    private final RestClient client;

    Orders(RestClient.Builder builder) {
        client = builder.baseUrl("http://orders.shop").build();
    }

    String all() {
        return client.get().uri("/orders").retrieve().body(String.class);
    }
}
