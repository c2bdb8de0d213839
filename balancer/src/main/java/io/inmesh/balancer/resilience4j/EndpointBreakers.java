package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.health.HealthSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker for each endpoint of services that ask for it: made with the endpoint, told how every request there ends, removed with the last
 * service port that has the endpoint. Ports that share an endpoint and a configuration share its breaker.
 *
 * <p>Threads: sources retain and release on their lanes, requests tell their ends from any thread; one concurrent map holds all.
 */
final class EndpointBreakers implements HealthSource.Demand {
    private final CircuitBreakerRegistry registry;

    /** By endpoint id and configuration. */
    private final Map<Wanted, EndpointBreaker> breakers = new ConcurrentHashMap<>();

    /**
     * How many configurations ask, by name; few. Requests look for the breakers of their endpoint by each. Written on lanes, read by requests; a name stays
     * once it has been asked for.
     */
    private final Map<String, Boolean> configurations = new ConcurrentHashMap<>();

    private record Wanted(String endpoint, String configuration) {}

    EndpointBreakers(CircuitBreakerRegistry registry) {
        this.registry = registry;
    }

    /** One for each configuration. */
    private record Kind(EndpointBreakers breakers, String configuration) implements HealthSource.Kind {
        @Override
        public String name() {
            return "circuit breaker";
        }

        @Override
        public HealthSource begin(HealthSource.Site site) {
            return new BreakerSource(breakers, configuration, site);
        }
    }

    @Override
    public HealthSource.@Nullable Kind of(BalancerConfig config, ServiceKey key) {
        String wanted = config.resilience4j().endpointCircuitBreaker();
        if (wanted.isEmpty()) {
            return null;
        }
        configurations.put(wanted, true); // Before pickers are made, so that their requests are timed.
        return new Kind(this, wanted);
    }

    /** One more user of the breaker of that endpoint. */
    EndpointBreaker retain(Endpoint endpoint, String configuration) {
        return breakers.compute(new Wanted(endpoint.id(), configuration), (wanted, held) -> {
            EndpointBreaker breaker = held == null ? new EndpointBreaker(made(endpoint, configuration)) : held;
            breaker.users++;
            return breaker;
        });
    }

    private CircuitBreaker made(Endpoint endpoint, String configuration) {
        String name = endpoint.id().equals(endpoint.address())
                ? endpoint.address()
                : endpoint.address() + " (" + endpoint.id() + ")";
        return registry.circuitBreaker(configuration + " " + name, configuration);
    }

    /** One user less; with the last one it leaves the registry. */
    void release(Endpoint endpoint, String configuration) {
        breakers.computeIfPresent(new Wanted(endpoint.id(), configuration), (wanted, held) -> {
            held.users--;
            if (held.users > 0) {
                return held;
            }
            registry.remove(held.breaker().getName());
            return null;
        });
    }

    /** Tells the breakers how requests end. */
    BalancerObserver observer() {
        return new BalancerObserver() {
            @Override
            public boolean readsLatency() {
                return !configurations.isEmpty();
            }

            @Override
            public boolean readsCalls() {
                return false;
            }

            @Override
            public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                if (configurations.isEmpty() || !Recording.isTold(outcome)) {
                    return;
                }
                for (String configuration : configurations.keySet()) {
                    EndpointBreaker held = breakers.get(new Wanted(endpoint.id(), configuration));
                    if (held != null) {
                        Recording.tell(held.breaker(), outcome, Math.max(0, latencyNanos));
                    }
                }
            }
        };
    }
}
