package io.inmesh.spring;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

/** Service orders in namespace shop, played by real HTTP servers that each test starts, under round-robin. */
abstract class OrdersFixture {
    final FakeEndpoints cluster = new FakeEndpoints("k8s");
    final ApplicationContextRunner context = Contexts.with(cluster)
            .withPropertyValues(
                    "inmesh.services.orders.shop.policy=round-robin",
                    // Pods that fail on purpose would be left out after five times.
                    "inmesh.services.orders.shop.eject.enabled=false");
    private final List<Pod> pods = new ArrayList<>();

    Pod pod() {
        Pod pod = Pod.start(11 + pods.size());
        pods.add(pod);
        return pod;
    }

    void ordersAre(Pod... all) {
        Endpoint[] endpoints = new Endpoint[all.length];
        for (int i = 0; i < all.length; i++) {
            endpoints[i] = all[i].endpoint();
        }
        cluster.publish("orders.shop:80", endpoints);
    }

    /** An address on which nothing listens. */
    static Endpoint nobody(int number) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0." + number))) {
            return Endpoint.of("127.0.0." + number, free.getLocalPort());
        }
    }

    static RestClient client(ApplicationContext started) {
        return started.getBean(RestClient.Builder.class).build();
    }

    static String get(RestClient client, String url) {
        return String.valueOf(client.get().uri(url).retrieve().body(String.class));
    }

    static int inFlight(ApplicationContext started) {
        return started.getBean(Mesh.class).snapshots().stream()
                .flatMap(snapshot -> snapshot.endpoints().stream())
                .mapToInt(EndpointView::inFlight)
                .sum();
    }

    @AfterEach
    void stop() {
        pods.forEach(Pod::close);
    }
}
