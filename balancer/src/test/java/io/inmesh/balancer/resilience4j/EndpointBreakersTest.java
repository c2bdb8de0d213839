package io.inmesh.balancer.resilience4j;

import static io.inmesh.balancer.resilience4j.Breakers.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EndpointBreakersTest {
    private static final Endpoint A = TestEndpoints.endpoint(1);
    private static final Endpoint B = TestEndpoints.endpoint(2);
    private static final Endpoint C = TestEndpoints.endpoint(3);
    private static final Map<String, String> SETTINGS = Map.of(
            "policy", "round-robin", "resilience4j.endpoint-circuit-breaker", "strict", "eject.enabled", "false");

    private final FakeClock[] clock = new FakeClock[1];
    private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

    private Breakers service(Endpoint... endpoints) {
        return service(same -> same, endpoints);
    }

    private Breakers service(UnaryOperator<CircuitBreakerConfig.Builder> more, Endpoint... endpoints) {
        registry.addConfiguration(
                "strict",
                more.apply(CircuitBreakerConfig.from(Breakers.config(new FakeClock()))
                                .currentTimestampFunction(any -> clock[0].nanoTime(), TimeUnit.NANOSECONDS))
                        .build());
        Breakers service = new Breakers(Resilience4j.with(registry), SETTINGS);
        clock[0] = service.clock;
        service.publish(endpoints);
        return service;
    }

    private CircuitBreaker breaker(Endpoint endpoint) {
        return registry.find("strict " + endpoint.address()).orElseThrow();
    }

    private static String verdict(Breakers service, Endpoint endpoint) {
        return service.orders.snapshot().endpoints().stream()
                .filter(view -> view.endpoint().id().equals(endpoint.id()))
                .map(EndpointView::verdict)
                .map(Object::toString)
                .findFirst()
                .orElseThrow();
    }

    private static CircuitBreakerConfig.Builder ignoringTimeouts(CircuitBreakerConfig.Builder config) {
        return config.ignoreException(
                error -> error instanceof FailedAttemptException failed && failed.outcome() instanceof Outcome.Timeout);
    }

    private static void open(Breakers service, Endpoint endpoint) {
        service.requestTo(endpoint, FAILED);
        service.requestTo(endpoint, Outcome.TIMEOUT);
    }

    @Test
    void an_open_breaker_leaves_its_endpoint_out_and_two_good_calls_half_open_bring_it_back() {
        try (Breakers service = service(A, B, C)) {
            open(service, B);
            assertThat(service.isChosen(B)).isFalse();
            assertThat(verdict(service, B))
                    .isEqualTo(
                            "ejected: circuit breaker 'strict 10.0.0.2:8080' is open at a failure rate of 100.0 %, slow calls 0.0 %");
            service.clock.advance(Duration.ofSeconds(10));
            assertThat(verdict(service, B)).isEqualTo("on trial: circuit breaker 'strict 10.0.0.2:8080' is half open");
            service.requestTo(B, Outcome.SUCCESS);
            service.requestTo(B, Outcome.SUCCESS);
            assertThat(verdict(service, B)).isEqualTo("healthy");
            assertThat(service.events.take())
                    .contains(
                            "ejected 10.0.0.2:8080 circuit breaker 'strict 10.0.0.2:8080' is open at a failure rate of 100.0 %, slow calls"
                                    + " 0.0 % PT10S",
                            "restored 10.0.0.2:8080");
        }
    }

    @Test
    void half_open_it_gets_no_more_calls_than_are_permitted_until_they_have_ended() {
        try (Breakers service = service(A, B, C)) {
            open(service, B);
            service.clock.advance(Duration.ofSeconds(10));
            Map<String, Integer> begun = new HashMap<>();
            for (int i = 0; i < 300; i++) {
                begun.merge(service.lease().endpoint().id(), 1, Integer::sum);
            }
            assertThat(begun).containsEntry(B.id(), 2);
        }
    }

    @Test
    void a_call_that_tells_nothing_gives_its_permission_back() {
        try (Breakers service = service(A, B, C)) {
            open(service, B);
            service.clock.advance(Duration.ofSeconds(10));
            for (int i = 0; i < 10; i++) {
                service.requestTo(B, Outcome.CANCELLED);
            }
            service.requestTo(B, FAILED);
            service.requestTo(B, FAILED);
            assertThat(breaker(B).getState()).isEqualTo(CircuitBreaker.State.OPEN);
            assertThat(service.isChosen(B)).isFalse();
        }
    }

    @Test
    void a_breaker_that_people_force_open_is_heeded_until_they_close_it() {
        try (Breakers service = service(A, B)) {
            breaker(A).transitionToForcedOpenState();
            service.clock.runDue();
            assertThat(service.isChosen(A)).isFalse();
            service.clock.advance(Duration.ofHours(1));
            assertThat(service.isChosen(A)).isFalse();
            breaker(A).transitionToClosedState();
            service.clock.runDue();
            assertThat(service.isChosen(A)).isTrue();
        }
    }

    @Test
    void breakers_come_and_go_with_their_endpoints() {
        Breakers service = service(A, B);
        assertThat(registry.getAllCircuitBreakers()).hasSize(2);
        open(service, B);
        service.publish(A, C);
        assertThat(registry.getAllCircuitBreakers())
                .extracting(CircuitBreaker::getName)
                .containsExactlyInAnyOrder("strict 10.0.0.1:8080", "strict 10.0.0.3:8080");
        service.publish(A, B, C);
        assertThat(service.isChosen(B)).as("a new breaker is closed").isTrue();
        service.close();
        assertThat(registry.getAllCircuitBreakers()).isEmpty();
    }

    @Test
    void slow_calls_are_measured() {
        try (Breakers service = service(A, B)) {
            var lease = service.lease();
            service.clock.advance(Duration.ofSeconds(90));
            lease.complete(Outcome.SUCCESS);
            Endpoint slow = lease.endpoint();
            assertThat(breaker(slow).getMetrics().getNumberOfSlowCalls()).isOne();
        }
    }

    @Test
    void a_stream_that_is_silent_for_long_is_no_slow_call() {
        try (Breakers service = service(A)) {
            for (int i = 0; i < 2; i++) {
                Lease lease = service.lease();
                lease.streams();
                service.clock.advance(Duration.ofSeconds(90));
                lease.answered();
                lease.complete(Outcome.SUCCESS);
            }
            assertThat(breaker(A).getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(2);
            assertThat(breaker(A).getMetrics().getNumberOfSlowCalls()).isZero();
            assertThat(service.isChosen(A)).isTrue();
        }
    }

    @Test
    void a_breaker_that_opens_again_before_anybody_has_looked_is_half_opened_again() {
        try (Breakers service = service(A, B, C)) {
            open(service, B);
            boolean[] opensAgain = {true};
            breaker(B).getEventPublisher().onStateTransition(event -> {
                if (opensAgain[0] && event.getStateTransition().getToState() == CircuitBreaker.State.HALF_OPEN) {
                    opensAgain[0] = false;
                    breaker(B).transitionToOpenState();
                }
            });
            service.clock.advance(Duration.ofSeconds(10));
            assertThat(breaker(B).getState()).isEqualTo(CircuitBreaker.State.OPEN);
            service.clock.advance(Duration.ofSeconds(10));
            assertThat(breaker(B).getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
            service.requestTo(B, Outcome.SUCCESS);
            service.requestTo(B, Outcome.SUCCESS);
            assertThat(verdict(service, B)).isEqualTo("healthy");
        }
    }

    @Test
    void a_breaker_that_is_half_open_anew_before_anybody_has_looked_has_all_its_permissions_anew() {
        try (Breakers service = service(A, B, C)) {
            open(service, B);
            service.clock.advance(Duration.ofSeconds(10));
            List<Lease> old = List.of(leaseOn(service, B), leaseOn(service, B));
            assertThat(service.isChosen(B)).isFalse();

            breaker(B).transitionToOpenState();
            breaker(B).transitionToHalfOpenState();
            service.clock.runDue();

            assertThat(begunUntilFull(service, B)).isEqualTo(2);
            old.forEach(lease -> lease.complete(Outcome.CANCELLED));
            assertThat(service.isChosen(B))
                    .as("those of before give nothing back")
                    .isFalse();
        }
    }

    @Test
    void whoever_got_no_permission_gives_none_back() {
        try (Breakers service = service(A, B, C)) {
            open(service, B);
            service.clock.advance(Duration.ofSeconds(10));
            EndpointView seen = view(service, B);
            List<Lease> five = Stream.generate(seen::begin).limit(5).toList();
            five.forEach(lease -> lease.complete(Outcome.CANCELLED));
            assertThat(begunUntilFull(service, B)).isEqualTo(2);
            assertThat(breaker(B).tryAcquirePermission()).isFalse();
        }
    }

    @Test
    void what_the_breaker_is_told_to_ignore_leaves_its_permission_to_others() {
        try (Breakers service = service(EndpointBreakersTest::ignoringTimeouts, A, B, C)) {
            service.requestTo(B, FAILED);
            service.requestTo(B, FAILED);
            service.clock.advance(Duration.ofSeconds(10));
            for (int i = 0; i < 5; i++) {
                service.requestTo(B, Outcome.TIMEOUT);
            }
            assertThat(breaker(B).getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
            service.requestTo(B, Outcome.SUCCESS);
            service.requestTo(B, Outcome.SUCCESS);
            assertThat(verdict(service, B)).isEqualTo("healthy");
        }
    }

    @Test
    void requests_are_timed_as_long_as_somebody_asks_for_breakers_and_those_of_others_cost_no_object() {
        registry.addConfiguration("strict", Breakers.config(new FakeClock()));
        EndpointBreakers breakers = new EndpointBreakers(registry);
        BalancerObserver observer = breakers.observer();
        FakeClock time = new FakeClock();
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        try (Mesh mesh = Mesh.builder()
                .resolvers(cluster)
                .clock(time)
                .scheduler(time)
                .guard(new ServiceGuards(registry, null, null))
                .health(breakers)
                .observer(observer)
                .build()) {
            cluster.publish("orders.shop:http", A);
            cluster.publish("basket.shop:http", B);
            LoadBalancer basket = mesh.service("basket.shop:http");
            time.runDue();
            assertThat(observer.readsLatency()).isFalse();
            String strict = "orders.shop:http?resilience4j.endpoint-circuit-breaker=strict";
            LoadBalancer orders = mesh.service(strict);
            LoadBalancer other = mesh.service(strict + "&policy=random");
            time.runDue();
            assertThat(observer.readsLatency()).isTrue();
            Target target = basket.target();
            assertThat(Allocation.bytesPerRun(() -> observer.completed(target, B, Outcome.SUCCESS, 1)))
                    .isLessThan(Allocation.NOTHING);
            orders.close();
            time.runDue();
            assertThat(observer.readsLatency()).isTrue();
            other.close();
            time.runDue();
            assertThat(observer.readsLatency()).isFalse();
            assertThat(registry.getAllCircuitBreakers()).isEmpty();
        }
    }

    private static EndpointView view(Breakers service, Endpoint endpoint) {
        for (int i = 0; i < 1000; i++) {
            if (service.orders.choose(PickContext.NONE) instanceof EndpointView view
                    && view.endpoint().id().equals(endpoint.id())) {
                return view;
            }
        }
        throw new AssertionError(endpoint + " was not chosen in 1000 choices");
    }

    private static Lease leaseOn(Breakers service, Endpoint endpoint) {
        return view(service, endpoint).begin();
    }

    private static int begunUntilFull(Breakers service, Endpoint endpoint) {
        int begun = 0;
        while (begun < 10 && service.isChosen(endpoint)) {
            leaseOn(service, endpoint);
            begun++;
        }
        return begun;
    }
}
