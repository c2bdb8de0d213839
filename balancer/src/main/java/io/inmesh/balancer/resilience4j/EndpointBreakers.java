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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker for each endpoint of services that ask for it: made with the endpoint, told how every request there ends, removed with the last
 * service port that has the endpoint. Ports that share an endpoint and a configuration share its breaker.
 *
 * <p>Threads: sources retain and release on their lanes, requests tell their ends from any thread; one concurrent map holds all.
 */
final class EndpointBreakers implements HealthSource.Demand {
    private final CircuitBreakerRegistry registry;

    /** By endpoint id, one for each configuration that asks, so nearly always one; lists never change. Written on lanes, read by requests. */
    private final Map<String, List<EndpointBreaker>> breakers = new ConcurrentHashMap<>();

    /** How many service ports ask for breakers: while none does, no request is timed for them. Moved on lanes, read by requests. */
    private final AtomicInteger asking = new AtomicInteger();

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

        @Override
        public void asked() {
            breakers.asking.incrementAndGet();
        }

        @Override
        public void left() {
            breakers.asking.decrementAndGet();
        }
    }

    @Override
    public HealthSource.@Nullable Kind of(BalancerConfig config, ServiceKey key) {
        String wanted = config.resilience4j().endpointCircuitBreaker();
        return wanted.isEmpty() ? null : new Kind(this, wanted);
    }

    /** One more user of the breaker of that endpoint. */
    EndpointBreaker retain(Endpoint endpoint, String configuration) {
        List<EndpointBreaker> all = breakers.compute(endpoint.id(), (id, held) -> {
            List<EndpointBreaker> now = new ArrayList<>(held == null ? List.of() : held);
            if (find(now, configuration) == null) {
                now.add(new EndpointBreaker(made(endpoint, configuration), configuration));
            }
            Objects.requireNonNull(find(now, configuration)).users++;
            return List.copyOf(now);
        });
        return Objects.requireNonNull(find(all, configuration));
    }

    private static @Nullable EndpointBreaker find(List<EndpointBreaker> all, String configuration) {
        for (EndpointBreaker each : all) {
            if (each.configuration().equals(configuration)) {
                return each;
            }
        }
        return null;
    }

    private CircuitBreaker made(Endpoint endpoint, String configuration) {
        String name = endpoint.id().equals(endpoint.address())
                ? endpoint.address()
                : endpoint.address() + " (" + endpoint.id() + ")";
        return registry.circuitBreaker(configuration + " " + name, configuration);
    }

    /** One user less; with the last one it leaves the registry. */
    void release(Endpoint endpoint, String configuration) {
        breakers.computeIfPresent(endpoint.id(), (id, held) -> {
            EndpointBreaker released = find(held, configuration);
            if (released == null || --released.users > 0) {
                return held;
            }
            registry.remove(released.breaker().getName());
            List<EndpointBreaker> left = new ArrayList<>(held);
            left.remove(released);
            return left.isEmpty() ? null : List.copyOf(left);
        });
    }

    /** Tells the breakers how requests end. */
    BalancerObserver observer() {
        return new BalancerObserver() {
            @Override
            public boolean readsLatency() {
                return asking.get() > 0;
            }

            @Override
            public boolean readsCalls() {
                return false;
            }

            @Override
            public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                tell(endpoint, outcome, Math.max(0, latencyNanos));
            }

            /** A stream that is silent for long is no slow call: of streams breakers hear how they end, and not how long that took. */
            @Override
            public void completedStream(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                tell(endpoint, outcome, 0);
            }

            private void tell(Endpoint endpoint, Outcome outcome, long elapsedNanos) {
                List<EndpointBreaker> told = breakers.get(endpoint.id());
                if (told == null || !Recording.isTold(outcome)) {
                    return;
                }
                for (int i = 0; i < told.size(); i++) {
                    Recording.tell(told.get(i).breaker(), outcome, elapsedNanos);
                }
            }
        };
    }
}
