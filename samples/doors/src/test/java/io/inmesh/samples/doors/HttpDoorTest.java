package io.inmesh.samples.doors;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.Faults;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpDoorTest {

    @Test
    void a_request_reaches_a_pod_and_another_one_where_the_first_fails() throws Exception {
        HttpServer pod = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pod.createContext("/orders/", exchange -> {
            byte[] body = ("order " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        pod.start();
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        Endpoint broken = Endpoint.of("127.0.0.2", pod.getAddress().getPort());
        cluster.publish(
                "orders.shop:http", Endpoint.of("127.0.0.1", pod.getAddress().getPort()), broken);
        Faults faults = new Faults();
        try (Mesh mesh = Mesh.builder().resolvers(cluster).faults(faults).build();
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            faults.inject(Fault.refused().at(broken::equals));
            orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().join();
            HttpDoor door = new HttpDoor(mesh, orders);
            for (int id = 1; id <= 10; id++) {
                assertThat(door.order(id).get()).isEqualTo("order /orders/" + id);
            }
        } finally {
            pod.stop(0);
        }
    }
}
