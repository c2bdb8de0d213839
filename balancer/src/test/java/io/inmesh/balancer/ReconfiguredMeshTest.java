package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an application says of its services may change while requests run. */
class ReconfiguredMeshTest {
    private static final Endpoint A = Endpoint.of("10.0.0.1", 8080);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 8080);

    private static String policyOf(LoadBalancer orders) {
        return orders.snapshot().policy() + " by " + orders.snapshot().policySource();
    }

    @Test
    void balancers_in_use_take_it_over_and_keep_what_they_count() {
        try (FakeMesh cluster = new FakeMesh(builder -> builder.defaults(Map.of("policy", "peak-ewma")));
                LoadBalancer orders = cluster.mesh.service(FakeMesh.ORDERS)) {
            cluster.orders(A, B);
            List<EndpointView> views = orders.snapshot().endpoints();
            Lease running = (Lease) orders.pick(PickContext.NONE);
            String before = policyOf(orders);
            cluster.mesh.configure(Map.of("policy", "random"), Map.of("Orders.Shop", Map.of("policy", "rr")));
            cluster.run();
            assertThat(policyOf(orders)).isNotEqualTo(before).startsWith("round-robin by");
            assertThat(orders.snapshot().endpoints()).containsExactlyElementsOf(views);
            assertThat(views).extracting(EndpointView::inFlight).containsExactlyInAnyOrder(0, 1);
            running.close();
            cluster.mesh.configure(Map.of("policy", "random"), Map.of());
            cluster.run();
            assertThat(policyOf(orders)).startsWith("random by");
            cluster.mesh.configure(Map.of(), Map.of());
            cluster.run();
            assertThat(policyOf(orders)).startsWith("power-of-two by");
        }
    }

    @Test
    void an_annotation_still_outranks_defaults_and_services_still_outrank_annotations() {
        try (FakeMesh cluster = new FakeMesh();
                LoadBalancer orders = cluster.mesh.service(FakeMesh.ORDERS)) {
            cluster.orders(FakeMesh.annotated("random"), A, B);
            cluster.mesh.configure(Map.of("policy", "peak-ewma"), Map.of());
            cluster.run();
            assertThat(policyOf(orders)).startsWith("random by");
            cluster.mesh.configure(Map.of(), Map.of("*.shop", Map.of("policy", "rr")));
            cluster.run();
            assertThat(policyOf(orders)).startsWith("round-robin by");
        }
    }

    @Test
    void what_cannot_be_meant_changes_nothing() {
        try (FakeMesh cluster = new FakeMesh(builder -> builder.defaults(Map.of("policy", "rr")));
                LoadBalancer orders = cluster.mesh.service(FakeMesh.ORDERS)) {
            cluster.orders(A, B);
            assertThatThrownBy(() -> cluster.mesh.configure(Map.of("policy", "rendom"), Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "settings for all services: policy 'rendom' is unknown, did you mean 'random'?");
            assertThatThrownBy(() -> cluster.mesh.configure(
                            Map.of("policy", "random"), Map.of("orders.shop", Map.of("retry.attempts", "many"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("settings for service orders.shop: ");
            cluster.run();
            assertThat(policyOf(orders)).startsWith("round-robin by");
        }
    }

    @Test
    void a_balancer_that_is_closed_hears_nothing_and_one_that_comes_later_begins_with_the_new() {
        try (FakeMesh cluster = new FakeMesh()) {
            LoadBalancer closed = cluster.mesh.service(FakeMesh.ORDERS);
            cluster.orders(A);
            closed.close();
            cluster.run();
            cluster.mesh.configure(Map.of("policy", "rr"), Map.of());
            cluster.run();
            try (LoadBalancer later = cluster.mesh.service(FakeMesh.ORDERS)) {
                cluster.orders(A, B);
                assertThat(policyOf(later)).startsWith("round-robin by");
            }
        }
    }
}
