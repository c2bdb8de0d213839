package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.Registry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.Resilience4jConfig;
import io.inmesh.balancer.guard.Guard;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Finds a service's instances in the registries. */
final class ServiceGuards implements Guard.Demand {
    private final @Nullable CircuitBreakerRegistry circuitBreakers;
    private final @Nullable RateLimiterRegistry rateLimiters;
    private final @Nullable BulkheadRegistry bulkheads;

    ServiceGuards(
            @Nullable CircuitBreakerRegistry circuitBreakers,
            @Nullable RateLimiterRegistry rateLimiters,
            @Nullable BulkheadRegistry bulkheads) {
        this.circuitBreakers = circuitBreakers;
        this.rateLimiters = rateLimiters;
        this.bulkheads = bulkheads;
    }

    @Override
    public @Nullable Guard of(BalancerConfig config, ServiceKey key) {
        Resilience4jConfig named = config.resilience4j();
        return named.guardsService()
                ? new ServiceGuard(
                        key,
                        breaker(named.circuitBreaker(), key),
                        limiter(named.rateLimiter(), key),
                        bulkhead(named.bulkhead(), key))
                : null;
    }

    private @Nullable CircuitBreaker breaker(String name, ServiceKey key) {
        CircuitBreakerRegistry registry = circuitBreakers;
        return registry == null || name.isEmpty()
                ? null
                : registry.find(name).orElseGet(() -> registry.circuitBreaker(instanceOf(key), name));
    }

    private @Nullable RateLimiter limiter(String name, ServiceKey key) {
        RateLimiterRegistry registry = rateLimiters;
        return registry == null || name.isEmpty()
                ? null
                : registry.find(name).orElseGet(() -> registry.rateLimiter(instanceOf(key), name));
    }

    private @Nullable Bulkhead bulkhead(String name, ServiceKey key) {
        BulkheadRegistry registry = bulkheads;
        return registry == null || name.isEmpty()
                ? null
                : registry.find(name).orElseGet(() -> registry.bulkhead(instanceOf(key), name));
    }

    /** A service's ports share its instance. */
    private static String instanceOf(ServiceKey key) {
        return key.namespace().isEmpty() ? key.service() : key.service() + "." + key.namespace();
    }

    @Override
    public void check(BalancerConfig config) {
        Resilience4jConfig named = config.resilience4j();
        check("circuit-breaker", named.circuitBreaker(), circuitBreakers);
        check("endpoint-circuit-breaker", named.endpointCircuitBreaker(), circuitBreakers);
        if (!named.endpointCircuitBreaker().isEmpty()
                && circuitBreakers != null
                && circuitBreakers
                        .getConfiguration(named.endpointCircuitBreaker())
                        .isEmpty()) {
            throw refusal(
                    "endpoint-circuit-breaker",
                    named.endpointCircuitBreaker(),
                    "a configuration in the registry, not an instance: each endpoint gets one of its own");
        }
        check("rate-limiter", named.rateLimiter(), rateLimiters);
        check("bulkhead", named.bulkhead(), bulkheads);
        if (rateLimiters != null && !named.rateLimiter().isEmpty()) {
            RateLimiterRegistry registry = rateLimiters;
            checkWait(
                    "rate-limiter",
                    named.rateLimiter(),
                    "timeoutDuration",
                    registry.find(named.rateLimiter())
                            .map(RateLimiter::getRateLimiterConfig)
                            .or(() -> registry.getConfiguration(named.rateLimiter()))
                            .orElseThrow()
                            .getTimeoutDuration());
        }
        if (bulkheads != null && !named.bulkhead().isEmpty()) {
            BulkheadRegistry registry = bulkheads;
            checkWait(
                    "bulkhead",
                    named.bulkhead(),
                    "maxWaitDuration",
                    registry.find(named.bulkhead())
                            .map(Bulkhead::getBulkheadConfig)
                            .or(() -> registry.getConfiguration(named.bulkhead()))
                            .orElseThrow()
                            .getMaxWaitDuration());
        }
    }

    private static void check(String key, String name, @Nullable Registry<?, ?> registry) {
        if (name.isEmpty()) {
            return;
        }
        if (registry == null) {
            throw refusal(key, name, "none, since the mesh has no registry for it: add one to Resilience4j.with(...)");
        }
        if (registry.find(name).isEmpty() && registry.getConfiguration(name).isEmpty()) {
            throw refusal(key, name, "the name of an instance or a configuration in the registry");
        }
    }

    private static void checkWait(String key, String name, String property, Duration wait) {
        if (!wait.isZero()) {
            throw refusal(
                    key, name, "one whose " + property + " is 0, and this one's is " + wait + ": a pick never waits");
        }
    }

    private static IllegalArgumentException refusal(String key, String name, String expected) {
        return new IllegalArgumentException("resilience4j." + key + ": '" + name + "' (expected: " + expected + ")");
    }
}
