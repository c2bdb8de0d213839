package io.inmesh.balancer.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.Protocol;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.testing.HeardEvents;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A service of a few endpoints behind Resilience4j, on a clock that stands. */
final class Breakers implements AutoCloseable {
    static final String ORDERS = "orders.shop:http";
    static final Outcome FAILED = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final ServiceFacts FACTS =
            ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP));

    final FakeClock clock = new FakeClock();
    final HeardEvents events = new HeardEvents();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Mesh mesh;
    final LoadBalancer orders;

    Breakers(Resilience4j resilience4j, Map<String, String> settings, Endpoint... endpoints) {
        mesh = resilience4j
                .addTo(Mesh.builder()
                        .resolvers(cluster)
                        .clock(clock)
                        .scheduler(clock)
                        .observer(events)
                        .service("orders.shop", settings))
                .build();
        orders = mesh.service(ORDERS);
        publish(endpoints);
    }

    /** Two calls, of which half fail, open it for ten seconds; two are permitted half open. By the clock that stands. */
    static CircuitBreakerConfig config(FakeClock clock) {
        return CircuitBreakerConfig.custom()
                .slidingWindow(2, 2, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(10))
                .permittedNumberOfCallsInHalfOpenState(2)
                .currentTimestampFunction(any -> clock.nanoTime(), TimeUnit.NANOSECONDS)
                .clock(InstantSource.offset(() -> Instant.ofEpochSecond(0, clock.nanoTime()), Duration.ofDays(1))
                        .withZone(ZoneId.of("UTC")))
                .build();
    }

    void publish(Endpoint... endpoints) {
        cluster.publish(ORDERS, FACTS, List.of(endpoints));
        clock.runDue();
    }

    Lease lease() {
        return (Lease) orders.pick(PickContext.NONE);
    }

    String refusal() {
        return orders.pick(PickContext.NONE) instanceof Rejection rejection ? rejection.toString() : "none";
    }

    /** A request that ends so, wherever it goes. */
    void request(Outcome outcome) {
        lease().complete(outcome);
        clock.runDue();
    }

    /** Requests until one gets there; that one ends so. */
    void requestTo(Endpoint endpoint, Outcome outcome) {
        for (int i = 0; i < 1000; i++) {
            Choice choice = orders.choose(PickContext.NONE);
            if (choice instanceof EndpointView view && view.endpoint().id().equals(endpoint.id())) {
                view.begin().complete(outcome);
                clock.runDue();
                return;
            }
        }
        throw new AssertionError(endpoint + " was not chosen in 1000 choices");
    }

    /** True if one of a thousand choices is that. */
    boolean isChosen(Endpoint endpoint) {
        for (int i = 0; i < 1000; i++) {
            if (orders.choose(PickContext.NONE) instanceof EndpointView view
                    && view.endpoint().id().equals(endpoint.id())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        orders.close();
        mesh.close();
        clock.runDue();
        assertThat(clock.timers()).as("timers").isZero();
    }
}
