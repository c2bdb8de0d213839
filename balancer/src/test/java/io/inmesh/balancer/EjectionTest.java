package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.Verdict;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ejection from end to end: requests end badly, and the endpoint gets none for a while. */
class EjectionTest {
    private static final long SEED = 521;
    private static final Outcome FAILED = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final Endpoint BAD = TestEndpoints.endpoint(1);
    private static final Duration UNTIL_TRIAL =
            Duration.ofSeconds(33); // The first ejection, and the most of its jitter.

    private final FakeMesh fake =
            new FakeMesh(builder -> builder.random(new StripedRandom(1, new SplittableRandom(SEED))));

    /** So many requests one after the other, each ending as told; how many went to {@link #BAD}. */
    private int requests(LoadBalancer balancer, int count, Function<Endpoint, Outcome> outcome) {
        int bad = 0;
        for (int i = 0; i < count; i++) {
            Lease lease = FakeMesh.lease(balancer);
            bad += lease.endpoint().equals(BAD) ? 1 : 0;
            lease.complete(outcome.apply(lease.endpoint()));
            fake.run();
        }
        return bad;
    }

    private static Outcome badFails(Endpoint endpoint) {
        return endpoint.equals(BAD) ? FAILED : Outcome.SUCCESS;
    }

    private static Outcome allWell(Endpoint endpoint) {
        return Outcome.SUCCESS;
    }

    private static EndpointView view(LoadBalancer balancer, Endpoint of) {
        return balancer.snapshot().endpoints().stream()
                .filter(each -> each.endpoint().equals(of))
                .findFirst()
                .orElseThrow();
    }

    private List<String> healthEvents() {
        return fake.events.take().stream()
                .filter(event -> event.startsWith("ejected") || event.startsWith("restored"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    @DisplayName("a service of two to four loses five requests to a dead one, and no more until its time is over")
    void few_pods_are_protected(int pods) {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin")) {
            fake.orders(TestEndpoints.endpoints(pods));
            assertThat(requests(orders, 200, EjectionTest::badFails)).isEqualTo(5);
            fake.clock.advance(Duration.ofSeconds(29));
            assertThat(requests(orders, 200, EjectionTest::badFails)).isZero();
            assertThat(view(orders, BAD).verdict().kind()).isEqualTo(Verdict.Kind.EJECTED);
            assertThat(view(orders, BAD).verdict().why()).isEqualTo("outlier detection: 5 failures in a row");
            assertThat(healthEvents())
                    .singleElement()
                    .asString()
                    .startsWith("ejected 10.0.0.1:8080 outlier detection: 5 failures in a row PT3");
        }
    }

    @Test
    void a_service_of_one_keeps_its_only_one() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS)) {
            fake.orders(BAD);
            assertThat(requests(orders, 100, EjectionTest::badFails)).isEqualTo(100);
            assertThat(healthEvents()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("one that code or its zone quiesces takes no load, so the other is the last one")
    void the_quiesced_do_not_stand_in_for_anybody(boolean byZone) {
        Endpoint quiesced = TestEndpoints.endpoint(0).withLocality(new Locality("n1", "a"));
        String settings = byZone ? "&locality.mode=weighted&locality.weights=a%3D0" : "";
        try (FakeMesh weighed = new FakeMesh(builder ->
                        builder.weights(endpoint -> !byZone && endpoint.id().equals(quiesced.id()) ? 0 : 1));
                LoadBalancer orders = weighed.mesh.service(FakeMesh.ORDERS + "?policy=round-robin" + settings)) {
            weighed.orders(quiesced, BAD);
            for (int i = 0; i < 50; i++) {
                Lease lease = FakeMesh.lease(orders);
                assertThat(lease.endpoint()).isEqualTo(BAD);
                lease.complete(FAILED);
                weighed.run();
            }
            assertThat(weighed.events.take()).noneMatch(event -> event.startsWith("ejected"));
        }
    }

    @Test
    @DisplayName(
            "one that says weight 0 and that code uses nevertheless is ejected as any other, and the other is not the last one then")
    void who_is_used_by_codes_word_counts() {
        Endpoint used = TestEndpoints.endpoint(0).withWeight(0);
        try (FakeMesh weighed = new FakeMesh(builder -> builder.weights(endpoint -> 1));
                LoadBalancer orders = weighed.mesh.service(FakeMesh.ORDERS + "?policy=round-robin")) {
            weighed.orders(used, BAD);
            for (int i = 0; i < 50; i++) {
                Lease lease = FakeMesh.lease(orders);
                lease.complete(badFails(lease.endpoint()));
                weighed.run();
            }
            assertThat(weighed.events.take())
                    .filteredOn(event -> event.startsWith("ejected"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("an endpoint with too much to do has failed where that is asked for, in its trial as well")
    void overload_counts_where_it_is_asked_for(boolean counts) {
        try (fake;
                LoadBalancer orders = fake.mesh.service(
                        FakeMesh.ORDERS + "?policy=round-robin" + (counts ? "&eject.overload=true" : ""))) {
            fake.orders(TestEndpoints.endpoints(4));
            Function<Endpoint, Outcome> badIsOverloaded =
                    endpoint -> endpoint.equals(BAD) ? Outcome.OVERLOADED : Outcome.SUCCESS;
            assertThat(requests(orders, 200, badIsOverloaded)).isEqualTo(counts ? 5 : 50);
            fake.clock.advance(UNTIL_TRIAL);
            assertThat(requests(orders, 600, badIsOverloaded)).isEqualTo(counts ? 1 : 150);
        }
    }

    @Test
    @DisplayName("back through one trial request, then with a weight that grows for 30 s, though slow start is off")
    void it_comes_back_slowly() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin")) {
            fake.orders(TestEndpoints.endpoints(4));
            requests(orders, 100, EjectionTest::badFails);
            fake.clock.advance(UNTIL_TRIAL);
            assertThat(view(orders, BAD).verdict().kind()).isEqualTo(Verdict.Kind.TRIAL);
            healthEvents();

            assertThat(requests(orders, 20, EjectionTest::allWell)).isPositive();
            assertThat(healthEvents()).containsExactly("restored 10.0.0.1:8080");
            assertThat(view(orders, BAD).verdict()).isEqualTo(Verdict.HEALTHY);
            assertThat(view(orders, BAD).weight()).isEqualTo(0.1);
            fake.clock.advance(Duration.ofSeconds(15));
            assertThat(view(orders, BAD).weight()).isCloseTo(0.5, within(1e-9));
            assertThat((double) requests(orders, 700, EjectionTest::allWell)).isCloseTo(100, within(3.0));
            fake.clock.advance(Duration.ofSeconds(15));
            assertThat(requests(orders, 400, EjectionTest::allWell)).isEqualTo(100);
        }
    }

    @Test
    void a_trial_that_fails_takes_it_out_for_longer() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin&eject.jitter=off")) {
            fake.orders(TestEndpoints.endpoints(4));
            requests(orders, 100, EjectionTest::badFails);
            fake.clock.advance(Duration.ofSeconds(30));
            assertThat(requests(orders, 100, EjectionTest::badFails)).isEqualTo(1);
            fake.clock.advance(Duration.ofSeconds(59));
            assertThat(requests(orders, 100, EjectionTest::badFails)).isZero();
            fake.clock.advance(Duration.ofSeconds(1));
            assertThat(requests(orders, 100, EjectionTest::badFails)).isEqualTo(1);
            assertThat(healthEvents())
                    .extracting(event -> event.substring(event.lastIndexOf(' ') + 1))
                    .containsExactly("PT30S", "PT1M", "PT1M30S");
        }
    }

    @Test
    void requests_that_began_before_block_no_trial_and_decide_none() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin")) {
            fake.orders(TestEndpoints.endpoints(2));
            List<Lease> old = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                old.add(FakeMesh.lease(orders));
            }
            requests(orders, 20, EjectionTest::badFails);
            fake.clock.advance(UNTIL_TRIAL);
            old.forEach(lease -> lease.complete(FAILED));
            fake.run();
            assertThat(view(orders, BAD).verdict().kind()).isEqualTo(Verdict.Kind.TRIAL);
            requests(orders, 2, EjectionTest::allWell);
            assertThat(view(orders, BAD).verdict().kind()).isEqualTo(Verdict.Kind.HEALTHY);
        }
    }

    @Test
    void every_balancer_of_the_port_hears_it_and_observers_hear_it_once() {
        try (fake;
                LoadBalancer one = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin");
                LoadBalancer other = fake.mesh.service(FakeMesh.ORDERS + "?policy=random")) {
            fake.orders(TestEndpoints.endpoints(3));
            requests(one, 50, EjectionTest::badFails);
            assertThat(requests(other, 200, EjectionTest::badFails)).isZero();
            assertThat(healthEvents()).hasSize(1);
        }
    }

    @Test
    void balancers_with_other_settings_judge_the_same_counts_by_their_own() {
        try (fake;
                LoadBalancer usual = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin");
                LoadBalancer patient = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin&eject.consecutive=20");
                LoadBalancer off = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin&eject.enabled=false")) {
            fake.orders(TestEndpoints.endpoints(3));
            assertThat(requests(usual, 90, EjectionTest::badFails)).isEqualTo(5);
            assertThat(requests(patient, 90, EjectionTest::badFails)).isEqualTo(15);
            assertThat(requests(off, 90, EjectionTest::badFails)).isEqualTo(30);
        }
    }

    @Test
    void the_owner_switches_it_by_annotation_while_it_runs() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS)) {
            Endpoint[] three = TestEndpoints.endpoints(3);
            fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("eject.enabled", "false")), three);
            assertThat(requests(orders, 90, EjectionTest::badFails)).isGreaterThan(10);

            fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("eject.consecutive", "2")), three);
            int more = requests(orders, 90, EjectionTest::badFails);
            assertThat(more).isBetween(1, 2); // The row it has goes on.

            fake.orders(FakeMesh.FACTS.withAnnotations(Map.of("eject.enabled", "false")), three);
            assertThat(view(orders, BAD).verdict()).isEqualTo(Verdict.HEALTHY);
            fake.clock.advance(Duration.ofSeconds(30)); // It comes back slowly even so.
            assertThat(requests(orders, 90, EjectionTest::badFails)).isGreaterThan(10);
        }
    }

    @Test
    @DisplayName("5.19: with more out than the threshold allows all are used, those on trial without a limit")
    void panic_uses_everyone() {
        try (fake;
                LoadBalancer orders =
                        fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin&eject.max-percent=100")) {
            Endpoint[] five = TestEndpoints.endpoints(5);
            fake.orders(five);
            requests(orders, 200, endpoint -> endpoint.equals(five[0]) ? Outcome.SUCCESS : FAILED);
            assertThat(orders.snapshot().endpoints())
                    .filteredOn(view -> view.verdict().kind() == Verdict.Kind.EJECTED)
                    .hasSize(4);
            assertThat(requests(orders, 100, EjectionTest::allWell)).isEqualTo(20);
        }
    }

    /** What part of the second hundred requests goes to one of five that fails in a millisecond, while the others take 20 and many run at once. */
    private static double shareOfABlackHole(EveryPolicy.Case policy, boolean eject, long seed) {
        SplittableRandom arrivals = new SplittableRandom(seed);
        Map<String, String> settings = new HashMap<>(policy.settings());
        settings.put("eject.enabled", String.valueOf(eject));
        FakeMesh mesh = new FakeMesh(builder -> builder.random(new StripedRandom(1, new SplittableRandom(seed))));
        try (mesh;
                LoadBalancer orders = mesh.mesh.service(mesh.mesh.parse(FakeMesh.ORDERS), settings)) {
            Endpoint[] weighted = Arrays.stream(TestEndpoints.endpoints(5))
                    .map(endpoint -> endpoint.withWeight(20)) // So that ovf, which goes by it, uses all.
                    .toArray(Endpoint[]::new);
            mesh.orders(weighted);
            int bad = 0;
            int most = 0;
            for (int i = 0; i < 200; i++) {
                mesh.clock.advance(Duration.ofNanos((long) (-Math.log(1 - arrivals.nextDouble()) * 2e6)));
                Lease lease = (Lease) orders.pick(PickContext.NONE.withKey("key-" + arrivals.nextInt(1_000)));
                boolean hole = lease.endpoint().id().equals(BAD.id());
                bad += hole && i >= 100 ? 1 : 0;
                mesh.clock.schedule(
                        () -> lease.complete(hole ? FAILED : Outcome.SUCCESS), Duration.ofMillis(hole ? 1 : 20));
                most = Math.max(
                        most,
                        orders.snapshot().endpoints().stream()
                                .mapToInt(EndpointView::inFlight)
                                .sum());
            }
            mesh.clock.advance(Duration.ofSeconds(1));
            assertThat(most).as("requests at once").isGreaterThan(4);
            return bad / 100.0;
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    @DisplayName(
            "section 9: one that fails in a millisecond gets no more than its share after 100 requests, under every policy")
    void a_black_hole_attracts_nobody(EveryPolicy.Case policy) {
        for (long seed = 1; seed <= 3; seed++) {
            assertThat(shareOfABlackHole(policy, true, seed))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(0.2);
            if (policy.policy().readsLatency()) {
                assertThat(shareOfABlackHole(policy, false, seed))
                        .as("by the penalty alone, seed %d", seed)
                        .isLessThanOrEqualTo(0.2);
            }
        }
    }

    @Test
    @DisplayName("section 9: without ejection it would be a crowd where requests in flight are all that counts")
    void a_black_hole_would_attract_a_crowd_without_ejection() {
        for (EveryPolicy.Case policy : policies()) {
            if (Set.of("power-of-two", "least-connection").contains(policy.name())) {
                assertThat(shareOfABlackHole(policy, false, SEED))
                        .as("%s", policy)
                        .isGreaterThan(0.3);
            }
        }
    }

    /** Those under which keys of an ejected one go to others. */
    static List<EveryPolicy.Case> policies() {
        return EveryPolicy.cases().stream().filter(each -> !each.keepsToOwner()).toList();
    }

    /** One request after the other, with so many keys in turn; how many went to that endpoint. */
    private int placed(
            LoadBalancer balancer, int count, int keys, Endpoint counted, Function<Endpoint, Outcome> outcome) {
        int there = 0;
        for (int i = 0; i < count; i++) {
            Lease lease = (Lease) balancer.pick(PickContext.NONE.withKey("key-" + i % keys));
            there += lease.endpoint().equals(counted) ? 1 : 0;
            lease.complete(outcome.apply(lease.endpoint()));
            fake.run();
        }
        return there;
    }

    /** Requests second by second, with more and more keys, until that endpoint is trusted again. */
    private void untilHealthy(LoadBalancer balancer, Endpoint endpoint, Function<Endpoint, Outcome> outcome) {
        for (int i = 0; i < 300 && !view(balancer, endpoint).verdict().equals(Verdict.HEALTHY); i++) {
            placed(balancer, 20 + i, 20 + i, endpoint, outcome);
            fake.clock.advance(Duration.ofSeconds(1));
        }
        assertThat(view(balancer, endpoint).verdict()).isEqualTo(Verdict.HEALTHY);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void under_every_policy_an_ejected_one_gets_nothing_and_comes_back(EveryPolicy.Case policy) {
        try (fake;
                LoadBalancer orders = fake.mesh.service(fake.mesh.parse(FakeMesh.ORDERS), policy.settings())) {
            fake.orders(TestEndpoints.endpoints(4));
            Lease first = (Lease) orders.pick(PickContext.NONE.withKey("key-0"));
            first.complete(Outcome.SUCCESS);
            Endpoint bad = first.endpoint();
            Function<Endpoint, Outcome> badFails = endpoint -> endpoint.equals(bad) ? FAILED : Outcome.SUCCESS;
            int failed = placed(orders, 400, 20, bad, badFails);
            if (policy.policy().readsLatency()) { // Avoids it after the first.
                for (; failed < 5; failed++) {
                    view(orders, bad).begin().complete(FAILED);
                }
                fake.run();
            }
            assertThat(failed).isEqualTo(5);
            assertThat(placed(orders, 100, 20, bad, badFails)).isZero();
            fake.clock.advance(UNTIL_TRIAL);
            // Whoever sends everything to one has no reason to try another, until that one fails in its turn.
            untilHealthy(orders, bad, endpoint -> policy.spreads() || endpoint.equals(bad) ? Outcome.SUCCESS : FAILED);
            fake.clock.advance(Duration.ofMinutes(1));
            if (policy.spreads()
                    && !policy.policy().followsKey()
                    && !policy.name().startsWith("lblc")) {
                assertThat(placed(orders, 400, 400, bad, EjectionTest::allWell)).isBetween(50, 200);
            }
        }
    }

    @Test
    @DisplayName("leavers leave nothing behind: 10,000 endpoints that failed, were ejected and replaced")
    void replaced_endpoints_leave_nothing() {
        try (fake;
                LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin")) {
            for (int i = 0; i < 10_000; i += 10) {
                Endpoint[] ten = new Endpoint[10];
                for (int j = 0; j < 10; j++) {
                    ten[j] = TestEndpoints.endpoint(i + j);
                }
                fake.orders(ten);
                Endpoint bad = ten[i / 10 % 10];
                for (int j = 0; j < 5; j++) {
                    view(orders, bad).begin().complete(FAILED);
                }
                fake.run();
                assertThat(view(orders, bad).verdict().kind()).isEqualTo(Verdict.Kind.EJECTED);
                assertThat(fake.clock.timers())
                        .as("one for intervals, one for the return")
                        .isEqualTo(2);
            }
            fake.orders(TestEndpoints.endpoints(2));
            assertThat(fake.clock.timers()).isZero();
            assertThat(fake.mesh.engine().health().size()).isEqualTo(1);
        }
        assertThat(fake.mesh.engine().health().size()).isZero();
    }

    @Test
    void a_mesh_that_is_closed_while_one_is_out_leaves_no_timer() {
        LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=round-robin");
        fake.orders(TestEndpoints.endpoints(6));
        Lease late = FakeMesh.lease(orders);
        requests(orders, 100, EjectionTest::badFails);
        assertThat(fake.clock.timers()).isEqualTo(2);
        fake.close();
        late.complete(FAILED);
        fake.run();
        assertThat(fake.clock.timers()).isZero();
    }
}
