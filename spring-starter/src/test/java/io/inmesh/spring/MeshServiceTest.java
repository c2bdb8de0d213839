package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.Rejection;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Balancers injected by their target. */
class MeshServiceTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final ApplicationContextRunner context = Contexts.with(cluster);

    record ByConstructor(@MeshService("orders.shop:http") LoadBalancer orders, Mesh mesh) {}

    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.FIELD)
    @MeshService("stock.shop:http")
    @interface Stock {}

    static class ByField {
        @Autowired
        @MeshService("orders.shop:http")
        private @Nullable LoadBalancer orders;

        @Autowired
        @Stock
        private @Nullable LoadBalancer stock;

        @Autowired
        @MeshService("${bills.target}")
        private @Nullable ObjectProvider<LoadBalancer> bills;

        @Autowired
        @MeshService("orders.shop:http")
        private Optional<LoadBalancer> maybe = Optional.empty();

        @Autowired
        @Lazy
        @MeshService("orders.shop:http")
        private @Nullable LoadBalancer later;

        @Value("${bills.target}")
        private @Nullable String text;
    }

    @Configuration(proxyBeanMethods = false)
    static class ByMethod {
        @Bean
        String policy(@MeshService("orders.shop:http?policy=rr") LoadBalancer orders) {
            return orders.snapshot().policy();
        }
    }

    record Misspelt(@MeshService("orders.shop:htt:p") LoadBalancer orders) {}

    static class UnknownPolicy {
        @Autowired
        @SuppressWarnings("UnusedVariable") // That it cannot be injected is all there is to it.
        @MeshService("orders.shop?policy=rendom")
        private @Nullable LoadBalancer orders;
    }

    record NoBalancer(@MeshService("orders.shop") String orders) {}

    @Test
    void a_constructor_gets_the_balancer_beside_the_mesh() {
        cluster.publish("orders.shop:http", Endpoint.of("10.0.0.1", 8080));
        context.withBean(ByConstructor.class).run(started -> {
            ByConstructor bean = started.getBean(ByConstructor.class);
            bean.orders()
                    .whenReady(Duration.ofSeconds(10))
                    .toCompletableFuture()
                    .join();
            assertThat(bean.orders().target()).hasToString("k8s:///orders.shop:http");
            assertThat(bean.mesh()).isSameAs(started.getBean(Mesh.class));
            assertThat(bean.orders().pick(PickContext.NONE)).isInstanceOfSatisfying(Lease.class, lease -> assertThat(
                            lease.endpoint().host())
                    .isEqualTo("10.0.0.1"));
        });
    }

    private static String targetOf(@Nullable LoadBalancer balancer) {
        return Objects.requireNonNull(balancer).target().toString();
    }

    @Test
    void fields_and_methods_get_theirs_through_providers_placeholders_and_own_annotations_too() {
        context.withPropertyValues("bills.target=bills.office")
                .withBean(ByField.class)
                .withUserConfiguration(ByMethod.class)
                .run(started -> {
                    ByField bean = started.getBean(ByField.class);
                    assertThat(bean.maybe).hasValue(bean.orders);
                    assertThat(targetOf(bean.stock)).isEqualTo("k8s:///stock.shop:http");
                    assertThat(targetOf(bean.later)).isEqualTo("k8s:///orders.shop:http");
                    assertThat(targetOf(Objects.requireNonNull(bean.bills).getObject()))
                            .isEqualTo("k8s:///bills.office");
                    assertThat(bean.text).isEqualTo("bills.office");
                    assertThat(started.getBean("policy")).isEqualTo("round-robin");
                });
    }

    @Test
    void balancers_are_closed_with_the_context() {
        LoadBalancer[] orders = new LoadBalancer[1];
        context.withBean(ByConstructor.class).run(started -> {
            orders[0] = started.getBean(ByConstructor.class).orders();
            assertThat(cluster.resolvers()).isEqualTo(1);
        });
        assertThat(cluster.resolvers()).isZero();
        assertThat(orders[0].pick(PickContext.NONE)).isInstanceOf(Rejection.class);
    }

    @Test
    void nothing_is_watched_where_nothing_is_injected() {
        context.run(started -> assertThat(cluster.resolvers()).isZero());
    }

    private FailureAnalysis failureOf(Class<?> bean) {
        return FailureTexts.of(context.withBean(bean));
    }

    @Test
    void a_target_that_is_none_fails_start_up_with_its_place_and_the_forms() {
        FailureAnalysis analysis = failureOf(Misspelt.class);
        assertThat(analysis.getDescription()).startsWith("""
                        A balancer of inmesh cannot be injected:

                            Target: "orders.shop:htt:p"
                            At: parameter 0 of constructor in io.inmesh.spring.MeshServiceTest$Misspelt
                            Reason: target 'orders.shop:htt:p':""").contains("accepted:");
        assertThat(analysis.getAction())
                .isEqualTo("Correct the value of @MeshService at parameter 0 of constructor in"
                        + " io.inmesh.spring.MeshServiceTest$Misspelt.");
    }

    @Test
    void an_unknown_policy_in_a_target_fails_start_up_with_the_nearest() {
        assertThat(failureOf(UnknownPolicy.class).getDescription())
                .contains(
                        "At: field orders in io.inmesh.spring.MeshServiceTest$UnknownPolicy",
                        "policy 'rendom' is unknown, did you mean 'random'? (valid: ");
    }

    @Test
    void another_type_than_a_balancer_fails_start_up() {
        assertThat(failureOf(NoBalancer.class).getDescription())
                .contains("it is injected as java.lang.String (expected: io.inmesh.api.LoadBalancer)");
    }
}
