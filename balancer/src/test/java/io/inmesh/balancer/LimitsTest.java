package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.budget.ServiceBudget;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** 5.22 (a): so many requests at once, and no more. */
class LimitsTest {
    private final FakeMesh fake = new FakeMesh();

    static List<EveryPolicy.Case> policies() {
        return EveryPolicy.cases().stream()
                .filter(each -> !each.policy().mayReject())
                .toList();
    }

    private static List<Lease> all(LoadBalancer balancer) {
        List<Lease> leases = new ArrayList<>();
        while (balancer.pick(PickContext.NONE.withKey("key")) instanceof Lease lease) {
            leases.add(lease);
        }
        return leases;
    }

    @ParameterizedTest
    @MethodSource("policies")
    void under_every_policy_each_endpoint_gets_its_cap_and_no_more(EveryPolicy.Case policy) {
        Map<String, String> settings = new HashMap<>(policy.settings());
        settings.put("limit.endpoint-in-flight", "3");
        try (fake;
                LoadBalancer orders = fake.mesh.service(fake.mesh.parse(FakeMesh.ORDERS), settings)) {
            fake.orders(TestEndpoints.endpoints(4));
            List<Lease> leases = all(orders);
            assertThat(leases).hasSize(12);
            assertThat(orders.snapshot().endpoints()).allMatch(view -> view.inFlight() == 3);
            assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.LIMITED);
            assertThat(FakeMesh.rejection(orders).text())
                    .startsWith("k8s:///" + FakeMesh.ORDERS)
                    .contains("limit.endpoint-in-flight");
            assertThat(fake.events.take()).contains("rejected LIMITED");

            Lease ended = leases.get(5);
            ended.complete(Outcome.SUCCESS);
            assertThat(FakeMesh.picked(orders)).isEqualTo(ended.endpoint());
            leases.forEach(Lease::close);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dh", "source-hash"})
    void a_strict_policy_turns_down_what_is_beyond_the_owners_cap_and_serves_the_others(String policy) {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=" + policy + "&" + policy
                        + ".strict=true&limit.endpoint-in-flight=3")) {
            fake.orders(TestEndpoints.endpoints(4));
            List<Lease> leases = all(orders);
            assertThat(leases).hasSize(3);
            assertThat(leases)
                    .extracting(Lease::endpoint)
                    .containsOnly(leases.get(0).endpoint());
            Rejection rejection = (Rejection) orders.pick(PickContext.NONE.withKey("key"));
            assertThat(rejection.reason()).isEqualTo(Reason.LIMITED);
            assertThat(rejection.text()).contains(policy + ".strict", "limit.endpoint-in-flight", "on trial");
            long served = IntStream.range(0, 20)
                    .filter(i -> orders.choose(PickContext.NONE.withKey("other-" + i)) instanceof EndpointView)
                    .count();
            assertThat(served).isPositive();
            leases.forEach(Lease::close);
        }
    }

    @Test
    void a_repeat_goes_where_there_is_room_and_back_to_a_tried_one_only_if_nobody_else_has_any() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?limit.endpoint-in-flight=1")) {
            fake.orders(TestEndpoints.endpoints(3));
            Lease first = FakeMesh.lease(orders);
            Lease second = FakeMesh.lease(orders);
            first.complete(Outcome.TIMEOUT);
            PickContext repeat = PickContext.NONE.withTried(first.endpoint());
            Lease third = (Lease) orders.pick(repeat);
            assertThat(third.endpoint()).isNotIn(first.endpoint(), second.endpoint());
            Lease back = (Lease) orders.pick(repeat);
            assertThat(back.endpoint()).isEqualTo(first.endpoint());
            assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.LIMITED);
            List.of(second, third, back).forEach(Lease::close);
        }
    }

    @Test
    void all_endpoints_of_the_port_together_have_a_limit_too() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?limit.service-in-flight=5");
                LoadBalancer same = fake.mesh.service(FakeMesh.ORDERS + "?policy=random&limit.service-in-flight=5")) {
            fake.orders(TestEndpoints.endpoints(4));
            Lease other = FakeMesh.lease(same);
            List<Lease> leases = all(orders);
            assertThat(leases).as("one runs through the other").hasSize(4);
            assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.LIMITED);
            assertThat(FakeMesh.rejection(same).text()).contains("limit.service-in-flight");
            other.complete(Outcome.SUCCESS);
            other.complete(Outcome.SUCCESS);
            assertThat(all(same)).hasSize(1);
        }
    }

    @Test
    void the_owner_sets_and_lifts_limits_by_annotation_while_requests_run() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS)) {
            Endpoint[] two = TestEndpoints.endpoints(2);
            fake.orders(two);
            List<Lease> before = List.of(FakeMesh.lease(orders), FakeMesh.lease(orders), FakeMesh.lease(orders));
            fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("limit.service-in-flight", "2")), two);
            List<Lease> counted = all(orders);
            assertThat(counted).as("those from before are not counted").hasSize(2);
            before.forEach(Lease::close);
            assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.LIMITED);
            fake.orders(two);
            Lease free = FakeMesh.lease(orders);
            fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("limit.service-in-flight", "2")), two);
            free.close();
            assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.LIMITED);
            counted.forEach(Lease::close);
            assertThat(all(orders)).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit.service-in-flight", "limit.endpoint-in-flight"})
    @DisplayName("n threads that choose at the same moment exceed a limit by n - 1 at most, and some of them are told")
    void limits_hold_under_threads(String limit) throws Exception {
        int threads = 8;
        int cap = 10;
        long seed = System.nanoTime();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger limited = new AtomicInteger();
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?" + limit + "=" + cap)) {
            fake.orders(TestEndpoints.endpoint(1));
            Together.run(threads, thread -> {
                SplittableRandom random = new SplittableRandom(seed + thread);
                Deque<Lease> held = new ArrayDeque<>();
                for (int i = 0; i < 2_000; i++) {
                    if (!held.isEmpty() && random.nextInt(10) == 0) {
                        running.decrementAndGet();
                        held.remove().complete(Outcome.SUCCESS);
                    } else if (orders.pick(PickContext.NONE) instanceof Lease lease) {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        held.add(lease);
                    } else {
                        limited.incrementAndGet();
                    }
                }
                running.addAndGet(-held.size());
                held.forEach(Lease::close);
            });
        }
        assertThat(most.get()).as("seed %d", seed).isBetween(cap, cap + threads - 1);
        assertThat(limited).hasPositiveValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"power-of-two", "peak-ewma"})
    @DisplayName("a request costs its lease of 32 bytes, with limits, ejection and a budget, timed or not")
    void the_cycle_stays_at_32_bytes(String policy) {
        FakeClock clock = new FakeClock();
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        String target = FakeMesh.ORDERS + "?limit.service-in-flight=1000&limit.endpoint-in-flight=100&policy=" + policy;
        try (Mesh mesh = Mesh.builder()
                        .resolvers(cluster)
                        .clock(clock)
                        .scheduler(clock)
                        .build();
                LoadBalancer orders = mesh.service(target)) {
            cluster.publish(FakeMesh.ORDERS, TestEndpoints.endpoints(10));
            clock.runDue();
            ServiceBudget budget = mesh.engine().budgets().retain(FakeMesh.FACTS.key(), AttemptsConfig.DEFAULT);
            double bytes = Allocation.bytesPerRun(() -> {
                budget.begun();
                ((Lease) orders.pick(PickContext.NONE)).complete(Outcome.SUCCESS);
                budget.retries().told(Outcome.SUCCESS);
                budget.ended();
            });
            assertThat(bytes).isLessThan(32 + Allocation.NOTHING);
            mesh.engine().budgets().release(FakeMesh.FACTS.key(), AttemptsConfig.DEFAULT);
        }
        fake.close();
    }
}
