package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.spring.testing.FakeCluster;
import io.inmesh.spring.testing.FakeClusterConfiguration;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestClient;

/** A test as users write them, of a whole application on Boot's JUnit: no cluster, no sleep. */
@SpringBootTest(properties = {"inmesh.defaults.policy=round-robin", "inmesh.defaults.slow-start.window=60s"})
@Import(FakeClusterConfiguration.class)
class ExampleOfAUsersTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private final FakeCluster cluster;
    private final RestClient.Builder clients;
    private final LoadBalancer stock;

    ExampleOfAUsersTest(
            @Autowired FakeCluster cluster,
            @Autowired RestClient.Builder clients,
            @Autowired @MeshService("stock.shop:http") LoadBalancer stock) {
        this.cluster = cluster;
        this.clients = clients;
        this.stock = stock;
    }

    @Test
    void requests_reach_what_the_test_publishes() {
        try (Pod pod = Pod.start(61)) {
            cluster.publish("orders.shop:80", pod.endpoint());
            String answer =
                    clients.build().get().uri("http://orders.shop/").retrieve().body(String.class);
            assertThat(answer).isEqualTo("pod-61");
            assertThat(pod.seen().get(0).headers().getFirst("Host")).isEqualTo("orders.shop");
        }
    }

    @Test
    void time_passes_when_the_test_says_so() {
        Endpoint old = Endpoint.of("10.0.0.1", 80);
        Endpoint fresh = Endpoint.of("10.0.0.2", 80);
        cluster.publish("stock.shop:http", old);
        cluster.advance(Duration.ofMinutes(5));
        cluster.publish("stock.shop:http", old, fresh);
        assertThat(shareOf(fresh)).isLessThan(20);
        cluster.advance(Duration.ofMinutes(2));
        assertThat(shareOf(fresh)).isEqualTo(50);
    }

    private int shareOf(Endpoint endpoint) {
        int share = 0;
        for (int i = 0; i < 100; i++) {
            if (stock.pick(PickContext.NONE) instanceof Lease lease) {
                share += lease.endpoint().equals(endpoint) ? 1 : 0;
                lease.close();
            }
        }
        return share;
    }
}
