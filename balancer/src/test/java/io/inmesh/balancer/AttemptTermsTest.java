package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which settings and which budget calls go by. */
class AttemptTermsTest {

    private static Terms terms(LoadBalancer balancer) {
        return ((BalancerHandle) balancer).terms();
    }

    private static ServiceFacts annotated(String key, String value) {
        return FakeMesh.FACTS.withAnnotations(Map.of(key, value));
    }

    @Test
    void an_annotation_changes_them_live() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
            fake.orders(TestEndpoints.endpoints(2));
            Terms before = terms(orders);
            assertThat(before.config().retry().attempts()).isEqualTo(3);
            fake.orders(annotated("retry.attempts", "1"), TestEndpoints.endpoints(2));
            assertThat(terms(orders).config().retry().attempts()).isEqualTo(1);
            assertThat(terms(orders).budget()).as("the budget goes on").isSameAs(before.budget());
            fake.orders(annotated("budget.mode", "tokens"), TestEndpoints.endpoints(2));
            assertThat(terms(orders).budget()).isNotSameAs(before.budget());
            orders.close();
        }
    }

    @Test
    void contradictions_among_annotations_leave_the_last_good_ones() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
            fake.orders(annotated("retry.timeout", "1s"), TestEndpoints.endpoints(2));
            fake.orders(
                    FakeMesh.FACTS.withAnnotations(Map.of("retry.timeout", "1s", "hedge.delay", "2s")),
                    TestEndpoints.endpoints(2));
            assertThat(terms(orders).config().retry().timeout()).hasSeconds(1);
            assertThat(terms(orders).config().hedge().isOn()).isFalse();
            orders.close();
        }
    }

    @Test
    void all_ports_of_a_service_and_all_its_names_share_one_budget() {
        try (FakeMesh fake = new FakeMesh()) {
            ServiceKey grpc = new ServiceKey("k8s", "shop", "orders", "grpc", Protocol.TCP);
            LoadBalancer http = fake.mesh.service(FakeMesh.ORDERS);
            LoadBalancer byNumber = fake.mesh.service("orders.shop:9090");
            LoadBalancer other = fake.mesh.service("billing.shop:http");
            fake.orders(TestEndpoints.endpoints(2));
            fake.cluster.publish("orders.shop:9090", ServiceFacts.of(grpc), List.of(TestEndpoints.endpoints(2)));
            fake.cluster.publish("billing.shop:http", TestEndpoints.endpoints(2));
            fake.run();
            assertThat(terms(http).budget())
                    .isSameAs(terms(byNumber).budget())
                    .isNotSameAs(terms(other).budget());
            assertThat(fake.mesh.engine().budgets().size()).isEqualTo(2);
            http.close();
            fake.run();
            assertThat(fake.mesh.engine().budgets().size())
                    .as("the other port's use")
                    .isEqualTo(2);
            byNumber.close();
            other.close();
            fake.run();
            assertThat(fake.mesh.engine().budgets().size()).isZero();
        }
    }

    @Test
    void who_says_something_else_of_the_budget_has_one_of_its_own() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer plain = fake.mesh.service(FakeMesh.ORDERS);
            LoadBalancer generous = fake.mesh.service(FakeMesh.ORDERS + "?budget.percent=50");
            fake.orders(TestEndpoints.endpoints(2));
            assertThat(terms(plain).budget()).isNotSameAs(terms(generous).budget());
            plain.close();
            generous.close();
        }
    }

    @Test
    void answers_are_timed_only_where_a_percentile_is_asked_for() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
            fake.orders(TestEndpoints.endpoints(2));
            assertThat(terms(orders).times()).isNull();
            fake.orders(annotated("hedge.delay", "p95"), TestEndpoints.endpoints(2));
            Terms timed = terms(orders);
            assertThat(timed.times()).isNotNull();
            fake.orders(annotated("hedge.delay", "p99"), TestEndpoints.endpoints(2));
            assertThat(terms(orders).times()).as("what was measured stays").isSameAs(timed.times());
            fake.orders(annotated("hedge.delay", "10ms"), TestEndpoints.endpoints(2));
            assertThat(terms(orders).times()).isNull();
            orders.close();
        }
    }
}
