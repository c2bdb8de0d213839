package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.LoadedView;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BoundsTest {

    static List<PickerFactory> tables() {
        return List.of(
                new DestinationHash().with(Map.of("load-factor", "1.25")),
                new RingHash().with(Map.of("load-factor", "1.25")),
                new Rendezvous().with(Map.of("load-factor", "1.25")));
    }

    @Test
    @DisplayName("TV-BL-1")
    void caps() {
        assertThat(Bounds.cap(99, 1.25, 0.1)).isEqualTo(13);
        assertThat(Bounds.cap(0, 1.25, 0.1)).isEqualTo(1);
        assertThat(Bounds.cap(9, 1.5, 1.0 / 3)).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName("5.11: no endpoint exceeds cap + 1 at any pick, though all ask for one key")
    void a_hot_key_never_takes_an_endpoint_beyond_its_cap(long seed) {
        for (PickerFactory table : tables()) {
            for (double[] weights : new double[][] {{1, 1, 1, 1, 1, 1, 1}, {1, 2, 4, 1, 1, 3, 1}}) {
                List<EndpointView> endpoints = TestEndpoints.members(weights);
                double total = java.util.Arrays.stream(weights).sum();
                Picker picker = Hashed.picker(table, endpoints);
                SplittableRandom random = new SplittableRandom(seed);
                List<Lease> running = new ArrayList<>();
                for (int request = 0; request < 2_000; request++) {
                    String key = random.nextInt(3) == 0 ? "key-" + random.nextInt(5) : "hot";
                    int active = running.size();
                    EndpointView chosen = Hashed.owner(picker, key);
                    int cap = Bounds.cap(active, 1.25, chosen.weight() / total);
                    running.add(chosen.begin());
                    assertThat(chosen.inFlight())
                            .as("%s, request %d of %d active", table, request, active)
                            .isLessThanOrEqualTo(cap + 1);
                    while (running.size() > 60 || (!running.isEmpty() && random.nextInt(3) == 0)) {
                        running.remove(random.nextInt(running.size())).close();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName("5.11: the same key and the same loads give the same choice")
    void a_choice_depends_on_key_and_loads_alone(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (PickerFactory table : tables()) {
            for (int round = 0; round < 200; round++) {
                int[] loads = random.ints(12, 0, 8).toArray();
                List<EndpointView> endpoints = TestEndpoints.loaded(loads);
                Picker one = Hashed.picker(table, endpoints);
                Picker other = Hashed.picker(table, endpoints);
                for (int key = 0; key < 20; key++) {
                    EndpointView chosen = Hashed.owner(one, "key-" + key);
                    assertThat(Hashed.owner(one, "key-" + key)).isSameAs(chosen);
                    assertThat(Hashed.owner(other, "key-" + key)).isSameAs(chosen);
                }
            }
        }
    }

    @Test
    void while_its_owner_has_room_a_key_stays_where_the_table_says() {
        for (PickerFactory table : tables()) {
            List<EndpointView> idle = Hashed.equal(10);
            Picker bounded = Hashed.picker(table, idle);
            Picker plain = Hashed.picker(table.with(Map.of("load-factor", "0")), idle);
            for (int key = 0; key < 500; key++) {
                assertThat(Hashed.owner(bounded, "key-" + key)).isSameAs(Hashed.owner(plain, "key-" + key));
            }
        }
    }

    @Test
    @DisplayName("5.11: the overflow of one endpoint does not cascade onto one neighbour")
    void overflowing_keys_of_one_endpoint_spread_over_all_others() {
        for (PickerFactory table : tables()) {
            List<EndpointView> endpoints = new ArrayList<>(Hashed.equal(10));
            Picker plain = Hashed.picker(table.with(Map.of("load-factor", "0")), endpoints);
            EndpointView full = endpoints.get(3);
            endpoints.set(3, new LoadedView(full.endpoint(), 100, 1));
            Picker bounded = Hashed.picker(table, endpoints);
            Set<EndpointView> second = new HashSet<>();
            IntStream.range(0, 1_000)
                    .mapToObj(key -> "key-" + key)
                    .filter(key -> Hashed.owner(plain, key) == full)
                    .forEach(key -> second.add(Hashed.owner(bounded, key)));
            assertThat(second).as("%s", table).hasSize(9).doesNotContain(endpoints.get(3));
        }
    }

    @Test
    void where_all_that_are_left_are_over_their_caps_the_least_full_is_taken() {
        // A has room, since caps are at least fair shares, but was tried. 32 in flight, factor 1: caps of 11.
        for (PickerFactory table : List.of(
                new DestinationHash().with(Map.of("load-factor", "1")),
                new RingHash().with(Map.of("load-factor", "1")),
                new Rendezvous(1))) {
            List<EndpointView> endpoints = TestEndpoints.loaded(0, 12, 20);
            EndpointView a = endpoints.get(0);
            EndpointView b = endpoints.get(1);
            Picker picker = Hashed.picker(table, endpoints);
            for (int key = 0; key < 50; key++) {
                PickContext repeat = PickContext.NONE.withKey("key-" + key).withTried(a.endpoint());
                assertThat(picker.choose(repeat)).as("%s, key %d", table, key).isSameAs(b);
            }
        }
    }

    @Test
    @DisplayName("C12: a repeat avoids what was tried, then what is full")
    void a_repeat_goes_to_another_below_its_cap() {
        for (PickerFactory table : tables()) {
            List<EndpointView> endpoints = TestEndpoints.members(6);
            Picker picker = Hashed.picker(table, endpoints);
            PickContext context = PickContext.NONE.withKey("k");
            Set<EndpointView> tried = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                EndpointView chosen = (EndpointView) picker.choose(context);
                assertThat(tried.add(chosen)).as("%s", table).isTrue();
                context = context.withTried(chosen.endpoint());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName(
            "5.11: of a thousand endpoints, whose sum is kept for a millisecond, none exceeds cap + 1 when requests have ended")
    void large_sets_notice_within_a_millisecond_that_requests_have_ended(long seed) {
        int n = 1_000;
        FakeClock clock = new FakeClock();
        SplittableRandom random = new SplittableRandom(seed);
        List<EndpointView> endpoints = TestEndpoints.members(n);
        Picker picker = new DestinationHash()
                .with(Map.of("load-factor", "1.25"))
                .newPicker(new PickerFactory.Input(endpoints, random, clock, null));
        List<Lease> running = new ArrayList<>();
        for (int round = 0; round < 100; round++) {
            for (int i = random.nextInt(2_000); i > 0; i--) {
                running.add(Hashed.owner(picker, "hot-" + random.nextInt(3)).begin());
            }
            for (int i = random.nextInt(running.size() + 1); i > 0; i--) {
                running.remove(running.size() - 1).close();
            }
            clock.advance(Duration.ofMillis(1));
            String key = "hot-" + round % 3;
            EndpointView chosen = Hashed.owner(picker, key);
            assertThat(Hashed.owner(picker, key)).as("the same loads").isSameAs(chosen);
            assertThat(chosen.inFlight())
                    .as("round %d, %d in flight", round, running.size())
                    .isLessThanOrEqualTo(Bounds.cap(running.size(), 1.25, 1.0 / n));
        }
    }

    @Test
    @DisplayName("5.11: of a thousand endpoints none is far beyond its cap, though the sum is not taken on every pick")
    void large_sets_keep_their_caps_to_within_a_request_more() throws Exception {
        int n = 1_000;
        List<EndpointView> endpoints = TestEndpoints.members(n);
        Picker picker = Hashed.picker(new DestinationHash().with(Map.of("load-factor", "1.25")), endpoints);
        Together.run(4, thread -> {
            for (int i = 0; i < 2_500; i++) {
                Hashed.owner(picker, "hot-" + i % 3).begin();
            }
        });
        int max = endpoints.stream().mapToInt(EndpointView::inFlight).max().orElseThrow();
        assertThat(endpoints.stream().mapToInt(EndpointView::inFlight).sum()).isEqualTo(10_000);
        // Cap 13 at the end, one more by definition, one for each other thread that chose at the same moment.
        assertThat(max).isBetween(11, 18);
    }
}
