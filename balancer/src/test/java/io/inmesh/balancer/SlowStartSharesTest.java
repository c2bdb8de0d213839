package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newcomer gets of the requests of a live mesh, through each policy that has weights. */
class SlowStartSharesTest {
    private static final long SEED = 520;

    /** Nothing but slow start waits for time. */
    private static final Map<String, String> QUIET = Map.of("eject.enabled", "false");

    private static final Map<String, String> MINUTE = Map.of("slow-start.window", "60s");

    private final FakeMesh mesh =
            new FakeMesh(builder -> builder.defaults(QUIET).random(new StripedRandom(1, new SplittableRandom(SEED))));

    private static Endpoint[] endpoints(int n, int newcomersWeight) {
        return IntStream.range(0, n)
                .mapToObj(i -> TestEndpoints.endpoint(i).withWeight(i == n - 1 ? newcomersWeight : 1))
                .toArray(Endpoint[]::new);
    }

    private LoadBalancer balancer(String settings) {
        Map<String, String> all = new HashMap<>(MINUTE);
        for (String setting : settings.split(",", -1)) {
            all.put(setting.split("=", -1)[0], setting.split("=", -1)[1]);
        }
        return mesh.mesh.service(mesh.mesh.parse(FakeMesh.ORDERS), all);
    }

    /** How many of so many requests that run at once are on that endpoint. All are over afterwards. */
    private static long running(LoadBalancer balancer, int requests, Endpoint on) {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            leases.add((Lease) balancer.pick(PickContext.NONE.withKey("key-" + i)));
        }
        long count = leases.stream()
                .filter(lease -> lease.endpoint().id().equals(on.id()))
                .count();
        leases.forEach(Lease::close);
        return count;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy=round-robin",
                "policy=weighted-round-robin",
                "policy=weighted-round-robin,weighted-round-robin.sequence=smooth",
                "policy=weighted-round-robin,weighted-round-robin.sequence=edf",
                "policy=weighted-round-robin,weighted-round-robin.sequence=ipvs",
                "policy=weighted-round-robin,weighted-round-robin.sequence=stride",
                "policy=random",
                "policy=power-of-two",
                "policy=power-of-two,power-of-two.choices=5",
                "policy=peak-ewma",
                "policy=peak-ewma,peak-ewma.choices=3",
                "policy=wlc",
                "policy=sed",
                "policy=nq"
            })
    @DisplayName("5.20: through every policy with weights a newcomer's share ramps")
    void a_newcomers_share_ramps(String settings) {
        try (mesh;
                LoadBalancer orders = balancer(settings)) {
            mesh.orders(endpoints(9, 1));
            mesh.clock.advance(Duration.ofMinutes(5));
            mesh.orders(endpoints(10, 1));
            Endpoint newcomer = TestEndpoints.endpoint(9);
            int requests = 4_000;
            int[] ages = {0, 15, 30, 60};
            double[] factors = {0.1, 0.25, 0.5, 1};
            long last = 0;
            for (int i = 0; i < ages.length; i++) {
                mesh.clock.advance(Duration.ofSeconds(i == 0 ? 0 : ages[i] - ages[i - 1]));
                double expected = requests * factors[i] / (9 + factors[i]);
                long got = running(orders, requests, newcomer);
                assertThat((double) got)
                        .as("seed %d, %s, age %d s", SEED, settings, ages[i])
                        .isCloseTo(expected, within(4 * Math.sqrt(expected) + 5));
                assertThat(got).isGreaterThan(last);
                last = got;
            }
            assertThat(mesh.clock.timers())
                    .as("nobody is new: nothing to wait for")
                    .isZero();
        }
    }

    @Test
    void under_fo_a_heavier_newcomer_takes_over_when_it_has_become_the_heaviest() {
        try (mesh;
                LoadBalancer orders = balancer("policy=fo")) {
            mesh.orders(endpoints(3, 1));
            mesh.clock.advance(Duration.ofMinutes(5));
            mesh.orders(endpoints(4, 2));
            mesh.clock.advance(Duration.ofSeconds(29));
            assertThat(FakeMesh.picked(orders)).isEqualTo(TestEndpoints.endpoint(0));
            mesh.clock.advance(Duration.ofSeconds(2));
            assertThat(FakeMesh.picked(orders).id())
                    .isEqualTo(TestEndpoints.endpoint(3).id());
        }
    }

    @Test
    void under_ovf_a_newcomer_is_full_sooner() {
        try (mesh;
                LoadBalancer orders = balancer("policy=ovf,ovf.strict=true")) {
            mesh.orders(endpoints(3, 1));
            mesh.clock.advance(Duration.ofMinutes(5));
            mesh.orders(endpoints(4, 20));
            // What the others leave: each of them takes two, and the newcomer one more than its weight of now.
            assertThat(held(orders)).isEqualTo(6 + 3);
            mesh.clock.advance(Duration.ofSeconds(30));
            assertThat(held(orders)).isEqualTo(6 + 11);
            mesh.clock.advance(Duration.ofSeconds(30));
            assertThat(held(orders)).isEqualTo(6 + 21);
        }
    }

    private static long held(LoadBalancer balancer) {
        List<Lease> leases = new ArrayList<>();
        while (balancer.pick(PickContext.NONE) instanceof Lease lease) {
            leases.add(lease);
        }
        leases.forEach(Lease::close);
        return leases.size();
    }

    @ParameterizedTest
    @ValueSource(strings = {"destination-hash", "ring-hash", "rendezvous"})
    @DisplayName("5.20: who follows keys ignores it, for it would move them")
    void keys_do_not_move_as_time_passes(String policy) {
        try (mesh;
                LoadBalancer orders = balancer("policy=" + policy)) {
            mesh.orders(endpoints(3, 1));
            mesh.clock.advance(Duration.ofMinutes(5));
            mesh.orders(endpoints(4, 1));
            assertThat(mesh.clock.timers()).isZero();
            long early = running(orders, 2_000, TestEndpoints.endpoint(3));
            assertThat(early).isBetween(350L, 650L);
            mesh.clock.advance(Duration.ofSeconds(30));
            assertThat(running(orders, 2_000, TestEndpoints.endpoint(3))).isEqualTo(early);
        }
    }

    @Test
    void an_annotation_of_the_service_turns_it_on_and_another_off() {
        try (mesh;
                LoadBalancer orders = mesh.mesh.service(FakeMesh.ORDERS)) {
            Map<String, String> on =
                    Map.of("policy", "random", "slow-start.window", "30s", "slow-start.min-percent", "20");
            mesh.orders(FakeMesh.FACTS.withAnnotations(on), endpoints(4, 1));
            mesh.clock.advance(Duration.ofMinutes(5));
            mesh.orders(FakeMesh.FACTS.withAnnotations(on), endpoints(5, 1));
            assertThat(weightOfNewcomer(orders)).isEqualTo(0.2);
            mesh.clock.advance(Duration.ofSeconds(15));
            assertThat(weightOfNewcomer(orders)).isEqualTo(0.5);
            mesh.orders(FakeMesh.FACTS.withAnnotations(Map.of("slow-start.window", "off")), endpoints(5, 1));
            assertThat(weightOfNewcomer(orders)).isEqualTo(1);
            assertThat(mesh.clock.timers()).isZero();
        }
    }

    @Test
    void the_applications_settings_turn_it_on_and_a_closed_balancer_waits_for_nothing() {
        FakeMesh told = new FakeMesh(builder -> builder.defaults(QUIET).service("orders.shop", MINUTE));
        try (told) {
            LoadBalancer orders = told.mesh.service(FakeMesh.ORDERS);
            told.orders(endpoints(4, 1));
            told.clock.advance(Duration.ofMinutes(5));
            told.orders(endpoints(5, 1));
            assertThat(weightOfNewcomer(orders)).isEqualTo(0.1);
            assertThat(told.clock.timers()).isEqualTo(1);
            orders.close();
            told.run();
            assertThat(told.clock.timers()).isZero();
        }
    }

    private static double weightOfNewcomer(LoadBalancer balancer) {
        return balancer.snapshot().endpoints().get(4).weight();
    }
}
