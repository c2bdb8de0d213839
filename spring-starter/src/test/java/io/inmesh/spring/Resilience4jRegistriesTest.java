package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The application's Resilience4j registries, found in its context. */
class Resilience4jRegistriesTest extends OrdersFixture {
    private static final String BREAKER = "inmesh.services.orders.shop.resilience4j.circuit-breaker=orders";
    private static final String LIMITER = "inmesh.services.orders.shop.resilience4j.rate-limiter=orders";
    private static final String BULKHEAD = "inmesh.services.orders.shop.resilience4j.bulkhead=orders";

    private final CircuitBreakerRegistry circuitBreakers = CircuitBreakerRegistry.ofDefaults();
    private final CircuitBreaker breaker = circuitBreakers.circuitBreaker("orders");
    private final RateLimiterRegistry rateLimiters = RateLimiterRegistry.of(RateLimiterConfig.custom()
            .limitForPeriod(1)
            .limitRefreshPeriod(Duration.ofDays(1))
            .timeoutDuration(Duration.ZERO)
            .build());
    private final BulkheadRegistry bulkheads =
            BulkheadRegistry.of(BulkheadConfig.custom().maxConcurrentCalls(0).build());

    private final ApplicationContextRunner guarded =
            context.withConfiguration(AutoConfigurations.of(InmeshResilience4jAutoConfiguration.class));

    @Test
    void a_circuit_breaker_stands_before_the_service_that_names_it_and_hears_its_answers() {
        Pod pod = pod();
        ordersAre(pod);
        guarded.withBean(CircuitBreakerRegistry.class, () -> circuitBreakers)
                .withPropertyValues(BREAKER)
                .run(started -> {
                    get(client(started), "http://orders.shop/");
                    assertThat(breaker.getMetrics().getNumberOfSuccessfulCalls())
                            .isEqualTo(1);
                    breaker.transitionToOpenState();
                    assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                            .hasStackTraceContaining("circuit breaker 'orders' permits no call");
                    assertThat(pod.seen()).hasSize(1);
                });
    }

    @Test
    void registries_of_all_kinds_are_found_together() {
        Pod pod = pod();
        ordersAre(pod);
        rateLimiters.rateLimiter("orders");
        bulkheads.bulkhead("orders");
        ApplicationContextRunner all = guarded.withBean(CircuitBreakerRegistry.class, () -> circuitBreakers)
                .withBean(RateLimiterRegistry.class, () -> rateLimiters)
                .withBean(BulkheadRegistry.class, () -> bulkheads);
        all.withPropertyValues(BREAKER, LIMITER).run(started -> {
            get(client(started), "http://orders.shop/");
            assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                    .hasStackTraceContaining("rate limiter 'orders' has no permission left");
        });
        all.withPropertyValues(BREAKER, BULKHEAD)
                .run(started -> assertThatThrownBy(() -> get(client(started), "http://orders.shop/"))
                        .hasStackTraceContaining("bulkhead 'orders' is full"));
        assertThat(pod.seen()).hasSize(1);
    }

    @Test
    void a_setting_that_no_registry_can_serve_fails_at_start() {
        guarded.withPropertyValues(BREAKER).run(started -> assertThat(started)
                .getFailure()
                .hasStackTraceContaining(
                        "inmesh.services.orders.shop.resilience4j.circuit-breaker: resilience4j.circuit-breaker: 'orders'")
                .hasStackTraceContaining("in Spring a bean of each registry that is meant"));
        guarded.withBean(RateLimiterRegistry.class, () -> rateLimiters)
                .withPropertyValues(BREAKER)
                .run(started -> assertThat(started)
                        .getFailure()
                        .hasStackTraceContaining("resilience4j.circuit-breaker: 'orders' (expected: none,"
                                + " since the mesh has no registry for it"));
        guarded.withBean("one", CircuitBreakerRegistry.class, () -> circuitBreakers)
                .withBean("two", CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults)
                .run(started -> assertThat(started)
                        .as("two that nobody asks for are no matter")
                        .hasSingleBean(Mesh.class));
    }

    @Test
    void without_the_jars_or_switched_off_the_application_starts() {
        guarded.withClassLoader(new FilteredClassLoader("io.github.resilience4j"))
                .run(started -> assertThat(started).hasSingleBean(Mesh.class).doesNotHaveBean("inmeshResilience4j"));
        guarded.withClassLoader(new FilteredClassLoader(RateLimiterRegistry.class, BulkheadRegistry.class))
                .withBean(CircuitBreakerRegistry.class, () -> circuitBreakers)
                .withPropertyValues(BREAKER)
                .run(started -> assertThat(started)
                        .hasSingleBean(Mesh.class)
                        .hasSingleBean(InmeshResilience4jAutoConfiguration.Kind.class));
        guarded.withPropertyValues("inmesh.enabled=false")
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(MeshCustomizer.class));
    }

    @Test
    void a_bean_of_that_name_replaces_ours() {
        guarded.withBean(CircuitBreakerRegistry.class, () -> circuitBreakers)
                .withBean("inmeshResilience4j", MeshCustomizer.class, () -> builder -> {})
                .withPropertyValues(BREAKER)
                .run(started ->
                        assertThat(started).getFailure().hasStackTraceContaining("unless the mesh has registries"));
    }
}
