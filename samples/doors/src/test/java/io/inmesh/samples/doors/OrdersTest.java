package io.inmesh.samples.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import io.inmesh.spring.testing.FakeCluster;
import org.junit.jupiter.api.Test;

/** A user's test, as the README has it: no cluster, no Spring, no sleep. */
class OrdersTest {

    @Test
    void requestsLeaveAnEndpointThatDrains() {
        Endpoint one = Endpoint.of("10.0.0.1", 8080);
        Endpoint other = Endpoint.of("10.0.0.2", 8080);
        FakeCluster cluster = new FakeCluster();
        cluster.publish("orders.shop:http", one, other);
        try (Mesh mesh = cluster.newMesh();
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            cluster.publish("orders.shop:http", one.withWeight(0), other);
            assertEquals("10.0.0.2:8080", new OrdersElsewhere(orders).address());
        }
    }
}
