package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.inmesh.balancer.MeshBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Puts Resilience4j instances of the application before the requests of its services, by name, where settings {@code resilience4j.*} say so.
 *
 * <pre>{@code
 * MeshBuilder builder = Mesh.builder()
 *         .service("orders.shop", Map.of("resilience4j.circuit-breaker", "orders", "retry.attempts", "2"));
 * Mesh mesh = Resilience4j.with(circuitBreakerRegistry).addTo(builder).build();
 * }</pre>
 *
 * <ul>
 *   <li>Asked is before each attempt: by {@code LoadBalancer.pick} and so by {@code Attempts}, and by gRPC channels, but for those with a service config of
 *       the application's own; not by {@code choose}. The circuit breaker comes first, then the bulkhead, then the rate limiter, whose permissions are used
 *       up with the period they were given in and never given back, not even by a request for which there is then no endpoint. Who is turned down is told
 *       {@code LIMITED}, and nothing is repeated.
 *   <li>A pick never waits: a rate limiter whose {@code timeoutDuration}, or a bulkhead whose {@code maxWaitDuration} is not zero is refused.
 *   <li>Answers reach a circuit breaker as results, an {@code Outcome} each; failures and timeouts as errors, a {@link FailedAttemptException}. What was
 *       cancelled, or overloaded, gives its permission back.
 *   <li>{@code resilience4j.endpoint-circuit-breaker} gives each endpoint a circuit breaker of that configuration, under a name of its own in the
 *       registry as long as the endpoint is there. It sees every door's requests. An open one leaves the endpoint out of choice; a half-open one lets
 *       as many requests there as it permits. inmesh's own ejection works beside it, unless {@code eject.enabled} is {@code false}.
 * </ul>
 *
 * <p>Threads: any; immutable.
 */
public final class Resilience4j {
    private final @Nullable CircuitBreakerRegistry circuitBreakers;
    private final @Nullable RateLimiterRegistry rateLimiters;
    private final @Nullable BulkheadRegistry bulkheads;

    private Resilience4j(
            @Nullable CircuitBreakerRegistry circuitBreakers,
            @Nullable RateLimiterRegistry rateLimiters,
            @Nullable BulkheadRegistry bulkheads) {
        this.circuitBreakers = circuitBreakers;
        this.rateLimiters = rateLimiters;
        this.bulkheads = bulkheads;
    }

    /** Circuit breakers from that registry. */
    public static Resilience4j with(CircuitBreakerRegistry registry) {
        return new Resilience4j(registry, null, null);
    }

    /** Rate limiters from that registry. */
    public static Resilience4j with(RateLimiterRegistry registry) {
        return new Resilience4j(null, registry, null);
    }

    /** Bulkheads from that registry. */
    public static Resilience4j with(BulkheadRegistry registry) {
        return new Resilience4j(null, null, registry);
    }

    /** And circuit breakers from that one. */
    public Resilience4j and(CircuitBreakerRegistry registry) {
        return new Resilience4j(registry, rateLimiters, bulkheads);
    }

    /** And rate limiters from that one. */
    public Resilience4j and(RateLimiterRegistry registry) {
        return new Resilience4j(circuitBreakers, registry, bulkheads);
    }

    /** And bulkheads from that one. */
    public Resilience4j and(BulkheadRegistry registry) {
        return new Resilience4j(circuitBreakers, rateLimiters, registry);
    }

    /**
     * Gives the mesh these registries. Once for a mesh.
     *
     * @return that builder
     */
    public MeshBuilder addTo(MeshBuilder builder) {
        builder.guard(new ServiceGuards(circuitBreakers, rateLimiters, bulkheads));
        if (circuitBreakers != null) {
            EndpointBreakers breakers = new EndpointBreakers(circuitBreakers);
            builder.health(breakers).observer(breakers.observer());
        }
        return builder;
    }
}
