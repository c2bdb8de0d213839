package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

/** Settings for all services whose names match. */
class PatternTest extends OrdersFixture {

    private String policyOf(ApplicationContext started, String target) {
        try (LoadBalancer balancer = started.getBean(Mesh.class).service(target)) {
            balancer.whenReady(Duration.ofSeconds(20)).toCompletableFuture().join();
            return balancer.snapshot().policy() + " by " + balancer.snapshot().policySource();
        }
    }

    private void service(String target, String namespace, String name) {
        cluster.publish(
                target,
                ServiceFacts.of(new ServiceKey("k8s", namespace, name, "http", Protocol.TCP)),
                List.of(Endpoint.of("10.0.0.1", 80)));
    }

    @Test
    void a_pattern_speaks_of_all_that_match_after_names_and_the_longer_before_the_shorter() {
        service("bills.shop:http", "shop", "bills");
        service("cart-v1.shop:http", "shop", "cart-v1");
        service("bills.office:http", "office", "bills");
        service("cart-v1:http", "shop", "cart-v1");
        service("orders.shop:http", "shop", "orders");
        Contexts.saying(
                        context,
                        Map.of(
                                "inmesh.services[*.shop].policy", "random",
                                "inmesh.services[cart-*.shop].policy", "first",
                                "inmesh.services[*:grpc].policy", "rr"))
                .run(started -> {
                    assertThat(policyOf(started, "bills.shop:http")).isEqualTo("random by application");
                    assertThat(policyOf(started, "cart-v1.shop:http")).isEqualTo("first by application");
                    assertThat(policyOf(started, "cart-v1:http")).isEqualTo("first by application");
                    assertThat(policyOf(started, "orders.shop:http")).isEqualTo("round-robin by application");
                    assertThat(policyOf(started, "bills.office:http")).isEqualTo("power-of-two by built-in default");
                });
    }

    @Test
    void what_a_pattern_cannot_mean_fails_start_up() {
        assertThat(FailureTexts.of(context.withPropertyValues("inmesh.services[*.shop].port=80"))
                        .getDescription())
                .contains(
                        "Property: inmesh.services[*.shop].port",
                        "pattern '*.shop' (expected: the name of one service; a pattern gives settings of balancing only)");
        assertThat(FailureTexts.of(context.withPropertyValues("inmesh.services[*.shop.svc].policy=rr"))
                        .getDescription())
                .contains("pattern '*.shop.svc' (expected: SERVICE, SERVICE.NAMESPACE or either with :PORT");
        assertThat(FailureTexts.of(context.withPropertyValues("inmesh.services[*.shop].policy=rendom"))
                        .getDescription())
                .contains("Property: inmesh.services[*.shop].policy", "did you mean 'random'?");
    }
}
