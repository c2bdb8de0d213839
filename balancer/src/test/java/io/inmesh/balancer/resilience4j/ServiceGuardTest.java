package io.inmesh.balancer.resilience4j;

import static io.inmesh.balancer.resilience4j.Breakers.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceGuardTest {
    private static final Map<String, String> BREAKER = Map.of("resilience4j.circuit-breaker", "orders");

    private final CircuitBreakerRegistry circuitBreakers = CircuitBreakerRegistry.of(Breakers.config(new FakeClock()));
    private final RateLimiterRegistry rateLimiters = RateLimiterRegistry.of(RateLimiterConfig.custom()
            .limitForPeriod(2)
            .limitRefreshPeriod(Duration.ofDays(1))
            .timeoutDuration(Duration.ZERO)
            .build());
    private final BulkheadRegistry bulkheads =
            BulkheadRegistry.of(BulkheadConfig.custom().maxConcurrentCalls(1).build());

    private Breakers service(Map<String, String> settings, int endpoints) {
        return new Breakers(
                Resilience4j.with(circuitBreakers).and(rateLimiters).and(bulkheads),
                settings,
                TestEndpoints.endpoints(endpoints));
    }

    @Test
    void an_open_breaker_turns_requests_down_with_its_name_and_hears_how_each_attempt_ends() {
        CircuitBreaker breaker = circuitBreakers.circuitBreaker("orders");
        try (Breakers service = service(BREAKER, 3)) {
            service.request(Outcome.CLIENT_ERROR);
            service.request(FAILED);
            assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
            assertThat(service.refusal())
                    .isEqualTo(
                            "LIMITED: orders in namespace shop, port http: circuit breaker 'orders' permits no call: it is"
                                    + " open, or half open with all of its calls under way");
            assertThat(service.events.take()).contains("rejected LIMITED");
            breaker.transitionToClosedState();
            assertThat(service.refusal()).isEqualTo("none");
        }
    }

    @Test
    void what_says_nothing_of_the_service_gives_its_permission_back() {
        CircuitBreaker breaker = circuitBreakers.circuitBreaker("orders");
        try (Breakers service = service(BREAKER, 3)) {
            breaker.transitionToOpenState();
            breaker.transitionToHalfOpenState();
            for (int i = 0; i < 10; i++) {
                service.request(i % 2 == 0 ? Outcome.CANCELLED : Outcome.OVERLOADED);
            }
            Lease one = service.lease();
            service.lease();
            assertThat(service.refusal()).startsWith("LIMITED");
            one.close();
            assertThat(service.refusal()).isEqualTo("none");
        }
    }

    @Test
    void a_request_that_gets_no_endpoint_gives_everything_back() {
        CircuitBreaker breaker = circuitBreakers.circuitBreaker("orders");
        Map<String, String> both = Map.of("resilience4j.circuit-breaker", "orders", "resilience4j.bulkhead", "default");
        try (Breakers service = service(both, 0)) {
            breaker.transitionToOpenState();
            breaker.transitionToHalfOpenState();
            for (int i = 0; i < 10; i++) {
                assertThat(service.refusal()).startsWith("NO_ENDPOINTS");
            }
        }
    }

    @Test
    void a_full_bulkhead_and_a_used_up_limiter_say_so_and_a_breaker_asked_before_gets_its_permission_back() {
        CircuitBreaker breaker = circuitBreakers.circuitBreaker("orders");
        Map<String, String> all = Map.of(
                "resilience4j.circuit-breaker", "orders",
                "resilience4j.rate-limiter", "default",
                "resilience4j.bulkhead", "default");
        try (Breakers service = service(all, 3)) {
            breaker.transitionToOpenState();
            breaker.transitionToHalfOpenState();
            Lease running = service.lease();
            assertThat(service.refusal()).contains("bulkhead 'orders.shop' is full");
            assertThat(rateLimiters.rateLimiter("orders.shop").getMetrics().getAvailablePermissions())
                    .as("who is turned down by the bulkhead uses none up")
                    .isEqualTo(1);
            running.complete(Outcome.SUCCESS);
            service.lease().close();
            assertThat(service.refusal()).contains("rate limiter 'orders.shop' has no permission left in this period");
            assertThat(bulkheads.bulkhead("orders.shop").getMetrics().getAvailableConcurrentCalls())
                    .isEqualTo(1);
            // One call of two is recorded. Were permissions kept by those that were turned down, none would be left.
            assertThat(breaker.tryAcquirePermission()).isTrue();
        }
    }

    @Test
    void an_instance_is_shared_by_its_name_and_a_configuration_gives_each_service_its_own() {
        circuitBreakers.addConfiguration("strict", Breakers.config(new FakeClock()));
        try (Breakers service = service(Map.of("resilience4j.circuit-breaker", "strict"), 1)) {
            service.request(Outcome.SUCCESS);
            assertThat(circuitBreakers.find("orders.shop")).isPresent();
            assertThat(circuitBreakers.find("strict")).isEmpty();
        }
    }

    @Test
    void choosing_alone_asks_nobody() {
        circuitBreakers.circuitBreaker("orders").transitionToForcedOpenState();
        try (Breakers service = service(BREAKER, 1)) {
            assertThat(service.isChosen(TestEndpoints.endpoint(0))).isTrue();
            assertThat(service.refusal()).startsWith("LIMITED");
        }
    }

    @Test
    void names_that_nobody_knows_are_refused_when_the_mesh_is_built() {
        assertThatThrownBy(() -> service(BREAKER, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "settings for service orders.shop: resilience4j.circuit-breaker: 'orders' (expected: the name of an"
                                + " instance or a configuration in the registry)");
        assertThatThrownBy(() -> new Breakers(Resilience4j.with(bulkheads), BREAKER))
                .hasMessageEndingWith(
                        "resilience4j.circuit-breaker: 'orders' (expected: none, since the mesh has no registry"
                                + " for it: add one to Resilience4j.with(...))");
        assertThatThrownBy(() -> Mesh.builder().defaults(BREAKER).build())
                .hasMessageStartingWith("settings for all services: resilience4j.circuit-breaker: 'orders' ")
                .hasMessageEndingWith(
                        "(expected: nothing, unless the mesh has registries: Resilience4j.with(...).addTo(Mesh.builder()), or in Spring a bean of each registry that is meant)");
        circuitBreakers.circuitBreaker("orders");
        assertThatThrownBy(() -> service(Map.of("resilience4j.endpoint-circuit-breaker", "orders"), 1))
                .hasMessageEndingWith(
                        "(expected: a configuration in the registry, not an instance: each endpoint gets one of its own)");
    }

    @Test
    void what_would_wait_is_refused() {
        rateLimiters.rateLimiter(
                "patient",
                RateLimiterConfig.custom()
                        .timeoutDuration(Duration.ofSeconds(5))
                        .build());
        assertThatThrownBy(() -> service(Map.of("resilience4j.rate-limiter", "patient"), 1))
                .hasMessageEndingWith(
                        "resilience4j.rate-limiter: 'patient' (expected: one whose timeoutDuration is 0, and this"
                                + " one's is PT5S: a pick never waits)");
        bulkheads.addConfiguration(
                "patient",
                BulkheadConfig.custom().maxWaitDuration(Duration.ofMillis(1)).build());
        assertThatThrownBy(() -> service(Map.of("resilience4j.bulkhead", "patient"), 1))
                .hasMessageContaining("one whose maxWaitDuration is 0, and this one's is PT0.001S");
    }
}
