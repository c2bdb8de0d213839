package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.ORDERS;
import static io.inmesh.balancer.testing.TestEndpoints.endpoint;
import static io.inmesh.balancer.testing.TestEndpoints.endpoints;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Sessions;
import io.inmesh.api.Usability;
import io.inmesh.api.Verdict;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.EveryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Strong sessions (balancing rules 5.25, promise 2 of the design). */
class StrongSessionsTest {
    private static final String STRONG = ORDERS + "?policy=round-robin&affinity.mode=strong";

    private static Endpoint draining(Endpoint endpoint) {
        return endpoint.withUsability(new Usability.Draining("C-6"));
    }

    private static PickContext of(Endpoint endpoint) {
        return PickContext.NONE.withSession(Sessions.tokenOf(endpoint));
    }

    private static Endpoint picked(LoadBalancer balancer, PickContext context) {
        return ((EndpointView) balancer.choose(context)).endpoint();
    }

    @Test
    void a_session_goes_to_its_endpoint_and_others_take_turns() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(endpoints(4));
            Set<Endpoint> others = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                assertThat(picked(orders, of(endpoint(2)))).isEqualTo(endpoint(2));
                others.add(picked(orders, PickContext.NONE.withKey("key")));
            }
            assertThat(others).hasSize(4);
        }
    }

    @Test
    void a_token_that_names_nobody_is_as_good_as_none() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(endpoints(3));
            for (String token : List.of("", "%%%", "10.0.0.1:8080", Sessions.tokenOf(endpoint(9)), "0".repeat(9_999))) {
                Set<Endpoint> reached = new HashSet<>();
                for (int i = 0; i < 6; i++) {
                    reached.add(picked(orders, PickContext.NONE.withSession(token)));
                }
                assertThat(reached).hasSize(3);
            }
        }
    }

    @Test
    void a_draining_endpoint_serves_its_old_sessions_and_nobody_else() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(draining(endpoint(0)), endpoint(1), endpoint(2));
            for (int i = 0; i < 6; i++) {
                assertThat(picked(orders, of(endpoint(0))).id())
                        .isEqualTo(endpoint(0).id());
                assertThat(picked(orders, PickContext.NONE)).isIn(endpoint(1), endpoint(2));
            }
            fake.orders(endpoint(0).withUsability(new Usability.Unusable("A-5")), endpoint(1), endpoint(2));
            assertThat(picked(orders, of(endpoint(0)))).isIn(endpoint(1), endpoint(2));
        }
    }

    @Test
    void what_is_quiesced_or_drains_serves_its_sessions_even_where_nobody_else_is_left() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(draining(endpoint(0)), endpoint(1).withWeight(0));
            assertThat(picked(orders, of(endpoint(0))).id())
                    .isEqualTo(endpoint(0).id());
            assertThat(picked(orders, of(endpoint(1))).id())
                    .isEqualTo(endpoint(1).id());
            assertThat(((Rejection) orders.choose(PickContext.NONE)).text()).contains("all quiesced");
            assertThat(orders.snapshot().rejection()).isNotNull();
            fake.say(Reason.NOT_FOUND, "gone");
            assertThat(orders.choose(of(endpoint(0)))).isInstanceOf(Rejection.class);
        }
    }

    @Test
    void sessions_override_locality_and_subset() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG + "&subset.mode=random&subset.size=2");
            fake.orders(endpoints(50));
            for (Endpoint each : endpoints(50)) {
                assertThat(picked(orders, of(each))).isEqualTo(each);
            }
        }
    }

    @Test
    void a_repeat_goes_elsewhere_C12() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(endpoints(3));
            PickContext repeat = of(endpoint(1)).withTried(endpoint(1));
            for (int i = 0; i < 6; i++) {
                assertThat(picked(orders, repeat)).isNotEqualTo(endpoint(1));
            }
        }
    }

    @Test
    void a_session_whose_endpoint_is_at_its_cap_is_turned_down_and_does_not_move() {
        for (int weight : new int[] {1, 0}) { // With all quiesced as well.
            try (FakeMesh fake = new FakeMesh()) {
                LoadBalancer orders = fake.mesh.service(STRONG + "&limit.endpoint-in-flight=2");
                fake.orders(endpoint(0).withWeight(weight), endpoint(1).withWeight(weight));
                PickContext session = of(endpoint(1));
                Lease one = (Lease) orders.pick(session);
                Lease other = (Lease) orders.pick(session);
                fake.events.take();
                Rejection full = (Rejection) orders.choose(session);
                assertThat(full.reason()).isEqualTo(Reason.LIMITED);
                assertThat(full.text()).contains("the session's endpoint", "raise limit.endpoint-in-flight");
                assertThat(fake.events.take()).containsExactly("rejected LIMITED");
                one.close();
                assertThat(picked(orders, session).id()).isEqualTo(endpoint(1).id());
                other.close();
            }
        }
    }

    @Test
    void an_endpoint_on_trial_serves_its_sessions_beyond_the_requests_of_the_trial() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(endpoints(3));
            PickContext session = of(endpoint(1));
            for (int i = 0; i < 5; i++) {
                Lease lease = (Lease) orders.pick(session);
                lease.complete(Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT));
                fake.run();
            }
            fake.clock.advance(Duration.ofSeconds(33));
            assertThat(orders.snapshot().endpoints().get(1).verdict().kind()).isEqualTo(Verdict.Kind.TRIAL);
            List<Lease> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Lease lease = (Lease) orders.pick(session);
                assertThat(lease.endpoint()).isEqualTo(endpoint(1));
                running.add(lease);
            }
            for (int i = 0; i < 6; i++) {
                assertThat(picked(orders, PickContext.NONE))
                        .as("its trial has no room for others")
                        .isNotEqualTo(endpoint(1));
            }
            running.forEach(Lease::close);
        }
    }

    @Test
    void tokens_mean_nothing_unless_sessions_are_strong() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?policy=round-robin");
            fake.orders(endpoints(3));
            Set<Endpoint> reached = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                reached.add(picked(orders, of(endpoint(1))));
            }
            assertThat(reached).hasSize(3);
        }
    }

    @Test
    void no_session_moves_while_its_endpoint_is_ready_or_draining() {
        long fresh = System.nanoTime();
        System.out.println("strong sessions seed " + fresh);
        for (long seed : new long[] {525, fresh}) {
            SplittableRandom random = new SplittableRandom(seed);
            int held = 0;
            int moved = 0;
            try (FakeMesh fake = new FakeMesh()) {
                LoadBalancer orders = fake.mesh.service(STRONG + "&subset.mode=random&subset.size=3");
                Map<Integer, Endpoint> sessions = new TreeMap<>();
                for (int round = 0; round < 300; round++) {
                    Map<String, Endpoint> set = new TreeMap<>();
                    for (int i = 0; i < 20; i++) {
                        Endpoint each = endpoint(i).withWeight(random.nextInt(3));
                        int kind = random.nextInt(10);
                        if (kind < 7) {
                            set.put(each.id(), each);
                        } else if (kind < 9) {
                            set.put(each.id(), draining(each));
                        }
                    }
                    fake.orders(set.values().toArray(Endpoint[]::new));
                    for (int session = 0; session < 40; session++) {
                        Endpoint before = sessions.get(session);
                        Choice choice = orders.choose(before == null ? PickContext.NONE : of(before));
                        if (!(choice instanceof EndpointView view)) {
                            assertThat(before == null || !set.containsKey(before.id()))
                                    .isTrue();
                            continue;
                        }
                        if (before != null && set.containsKey(before.id())) {
                            assertThat(view.endpoint().id()).isEqualTo(before.id());
                            held++;
                        } else {
                            assertThat(view.endpoint().usability().isUsable()).isTrue();
                            moved++;
                        }
                        sessions.put(session, view.endpoint());
                    }
                }
            }
            assertThat(held).isPositive();
            assertThat(moved).isPositive();
        }
    }

    static List<EveryPolicy.Case> policies() {
        return EveryPolicy.cases();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void sessions_are_strong_around_every_policy(EveryPolicy.Case tested) {
        try (FakeMesh fake = new FakeMesh()) {
            Map<String, String> settings = new TreeMap<>(tested.settings());
            settings.put("affinity.mode", "strong");
            LoadBalancer orders = fake.mesh.service(fake.mesh.parse(ORDERS), settings);
            List<Endpoint> set = new ArrayList<>(List.of(endpoints(5)));
            set.set(0, draining(endpoint(0)));
            fake.orders(set.toArray(Endpoint[]::new));
            for (int i = 0; i < 50; i++) {
                assertThat(picked(orders, of(endpoint(i % 5)).withKey("key-" + i))
                                .id())
                        .isEqualTo(endpoint(i % 5).id());
                assertThat(picked(orders, PickContext.NONE.withKey("key-" + i)).id())
                        .isNotEqualTo(endpoint(0).id());
            }
        }
    }

    @Test
    void a_choice_allocates_nothing() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(endpoints(10));
            PickContext context = of(endpoint(3));
            assertThat(Allocation.bytesPerRun(() -> orders.choose(context))).isLessThan(Allocation.NOTHING);
        }
    }

    @Test
    void who_only_looks_where_nobody_but_sessions_gets_an_endpoint_is_not_rejected() {
        try (FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(STRONG);
            fake.orders(draining(endpoint(0)));
            fake.events.take();
            BalancerHandle handle = (BalancerHandle) orders;
            assertThat(handle.look(PickContext.NONE)).isInstanceOf(Rejection.class);
            assertThat(handle.look(of(endpoint(0)))).isInstanceOf(EndpointView.class);
            assertThat(fake.events.take()).isEmpty();
            assertThat(orders.pick(PickContext.NONE)).isInstanceOf(Rejection.class);
            assertThat(fake.events.take()).singleElement().asString().startsWith("rejected ");
        }
    }
}
