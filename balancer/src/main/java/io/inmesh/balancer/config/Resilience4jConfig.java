package io.inmesh.balancer.config;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which of the application's own Resilience4j instances stand before a service's requests. Keys {@code resilience4j.*}; none by default. They need
 * registries: {@code Resilience4j.with(...).addTo(Mesh.builder())}, or, in Spring, those of the application context.
 *
 * <p>A name is that of an instance in the registry, which services may share; else that of a configuration there, of which each service gets an instance
 * under its own name.
 *
 * @param circuitBreaker asked first, and told how each request ends; empty for none
 * @param rateLimiter asked second; must not wait
 * @param bulkhead asked last; must not wait
 * @param endpointCircuitBreaker a configuration of which each endpoint gets a circuit breaker; one that is open leaves its endpoint out, one that is
 *     half open lets its permitted calls through
 */
public record Resilience4jConfig(
        String circuitBreaker, String rateLimiter, String bulkhead, String endpointCircuitBreaker) {

    /** None of them. */
    public static final Resilience4jConfig NONE = new Resilience4jConfig("", "", "", "");

    /** The room's name, before each of its keys. */
    static final String ROOM = "resilience4j";

    private static final String CIRCUIT_BREAKER = "circuit-breaker";
    private static final String RATE_LIMITER = "rate-limiter";
    private static final String BULKHEAD = "bulkhead";
    private static final String ENDPOINT_CIRCUIT_BREAKER = "endpoint-circuit-breaker";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(CIRCUIT_BREAKER, RATE_LIMITER, BULKHEAD, ENDPOINT_CIRCUIT_BREAKER);

    /** True if something stands before every request of the service. */
    public boolean guardsService() {
        return Stream.of(circuitBreaker, rateLimiter, bulkhead).anyMatch(name -> !name.isEmpty());
    }

    /** The first that is named, as people write it, such as {@code resilience4j.bulkhead: 'orders'}; null if none is. */
    public @Nullable String firstNamed() {
        List<String> names = List.of(circuitBreaker, rateLimiter, bulkhead, endpointCircuitBreaker);
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).isEmpty()) {
                return ROOM + "." + KEYS.get(i) + ": '" + names.get(i) + "'";
            }
        }
        return null;
    }

    /** Reads what is said. */
    static Resilience4jConfig of(PolicySettings said) {
        return new Resilience4jConfig(
                said.text(CIRCUIT_BREAKER, ""),
                said.text(RATE_LIMITER, ""),
                said.text(BULKHEAD, ""),
                said.text(ENDPOINT_CIRCUIT_BREAKER, ""));
    }
}
