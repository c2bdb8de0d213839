package io.inmesh.balancer.pick.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** lblc and lblcr: where keys stay, and when they move. */
class CacheAffinityTest {
    private static final PickContext K = PickContext.NONE.withKey("k");

    private final FakeClock clock = new FakeClock();

    /** An endpoint of weight 10 whose load a test turns up and down. */
    private static final class Turned implements EndpointView {
        private final Endpoint endpoint;
        private volatile int active;

        private Turned(int number, int active) {
            this.endpoint = TestEndpoints.endpoint(number);
            this.active = active;
        }

        @Override
        public Endpoint endpoint() {
            return endpoint;
        }

        @Override
        public int inFlight() {
            return active;
        }

        @Override
        public double latencyNanos() {
            return Double.NaN;
        }

        @Override
        public double weight() {
            return 10;
        }

        @Override
        public Lease begin() {
            throw new UnsupportedOperationException("begin: its load is what a test says");
        }
    }

    private Picker picker(boolean replicated, List<EndpointView> endpoints, @Nullable Picker previous) {
        return new CacheAffinity(replicated)
                .newPicker(new PickerFactory.Input(endpoints, new SplittableRandom(1), clock, previous));
    }

    private final Turned a = new Turned(0, 0);
    private final Turned b = new Turned(1, 1);
    private final List<EndpointView> both = List.of(a, b);

    /** A knows the key; then it has 11 requests and B that many. */
    private Picker overloaded(boolean replicated, int othersLoad) {
        Picker picker = picker(replicated, both, null);
        assertThat(picker.choose(K)).isSameAs(a);
        a.active = 11;
        b.active = othersLoad;
        return picker;
    }

    @Test
    @DisplayName("TV-LBLC-1")
    void a_key_leaves_an_overloaded_endpoint_while_another_is_half_idle() {
        Picker picker = overloaded(false, 4);
        assertThat(picker.choose(K)).isSameAs(b);
        a.active = 0;
        assertThat(picker.choose(K)).as("and stays there").isSameAs(b);
    }

    @Test
    @DisplayName("TV-LBLC-2")
    void a_key_stays_while_nobody_is_half_idle() {
        assertThat(overloaded(false, 5).choose(K)).isSameAs(a);
    }

    @Test
    @DisplayName("TV-LBLCR-1")
    void a_key_gets_an_endpoint_more_and_loses_the_busiest_when_long_unchanged() {
        Picker picker = overloaded(true, 4);
        assertThat(picker.choose(K)).as("B is added").isSameAs(b);
        b.active = 11;
        a.active = 3;
        assertThat(picker.choose(K)).as("A still belongs to it").isSameAs(a);
        a.active = 9;
        b.active = 4;
        clock.advance(Duration.ofHours(24).plusSeconds(1));
        assertThat(picker.choose(K)).isSameAs(b);
        a.active = 0;
        b.active = 10;
        assertThat(picker.choose(K)).as("A, the busier, was dropped").isSameAs(b);
    }

    @Test
    void before_it_expires_nothing_is_dropped() {
        Picker picker = overloaded(true, 4);
        picker.choose(K);
        a.active = 9;
        clock.advance(Duration.ofHours(23));
        assertThat(picker.choose(K)).isSameAs(b);
        a.active = 0;
        b.active = 10;
        assertThat(picker.choose(K)).isSameAs(a);
    }

    @Test
    @DisplayName("5.7: a stable key under no overload never moves")
    void keys_stay_though_loads_and_sets_change() {
        SplittableRandom random = new SplittableRandom(57);
        List<EndpointView> endpoints = IntStream.range(0, 20)
                .<EndpointView>mapToObj(i -> new Turned(i, 0))
                .toList();
        for (boolean replicated : new boolean[] {false, true}) {
            Picker picker = picker(replicated, endpoints, null);
            Object[] homes = new Object[500];
            for (int round = 0; round < 50; round++) {
                for (EndpointView endpoint : endpoints) {
                    ((Turned) endpoint).active = random.nextInt(11);
                }
                for (int key = 0; key < homes.length; key++) {
                    Object chosen = picker.choose(PickContext.NONE.withKey("key-" + key));
                    homes[key] = homes[key] == null ? chosen : homes[key];
                    assertThat(chosen).isSameAs(homes[key]);
                }
                picker = picker(replicated, endpoints, picker);
            }
        }
    }

    @Test
    void keys_of_an_endpoint_that_left_find_another_and_nothing_of_it_is_kept() {
        Picker picker = picker(false, both, null);
        assertThat(picker.choose(K)).isSameAs(a);
        Picker successor = picker(false, List.of(b), picker);
        assertThat(((CacheAffinityPicker) successor).table().size()).isZero();
        assertThat(successor.choose(K)).isSameAs(b);
        // A request that began on the picker before writes what it knows; the successor does not believe it.
        a.active = 0;
        b.active = 3;
        assertThat(picker.choose(PickContext.NONE.withKey("late"))).isSameAs(a);
        assertThat(successor.choose(PickContext.NONE.withKey("late"))).isSameAs(b);
    }

    @Test
    void a_repeat_goes_elsewhere_and_teaches_nothing() {
        Picker picker = picker(false, both, null);
        assertThat(picker.choose(K)).isSameAs(a);
        assertThat(picker.choose(K.withTried(a.endpoint()))).isSameAs(b);
        assertThat(picker.choose(K)).isSameAs(a);
    }

    @Test
    void the_table_never_outgrows_its_size_and_keys_in_use_outlive_idle_ones() {
        KeyTable table = new KeyTable(64);
        EndpointView[] owners = {a};
        for (long hash = 0; hash < 10_000; hash++) {
            long mixed = io.inmesh.balancer.pick.SplitMix64.mix(hash);
            table.put(new KeyTable.Entry(mixed, owners, clock.nanoTime()), clock.nanoTime());
            assertThat(table.find(mixed, clock.nanoTime())).isNotNull();
        }
        assertThat(table.size()).as("four slots for each").isBetween(240, 256);

        KeyTable full = new KeyTable(8);
        for (long hash = 0; hash < 32; hash++) {
            full.put(new KeyTable.Entry(hash * 32, owners, clock.nanoTime()), clock.nanoTime());
        }
        clock.advance(Duration.ofMinutes(7));
        for (long hash = 1; hash < 32; hash++) {
            assertThat(full.find(hash * 32, clock.nanoTime())).isNotNull();
        }
        full.put(new KeyTable.Entry(3200, owners, clock.nanoTime()), clock.nanoTime());
        assertThat(full.find(0, clock.nanoTime()))
                .as("the one idle for seven minutes gave way")
                .isNull();
        assertThat(full.find(31 * 32, clock.nanoTime())).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 1_000, 16_384})
    @DisplayName("5.7: a stable key under no overload never moves, with as many keys in use as there are entries")
    void as_many_keys_as_there_are_entries_all_keep_their_places(int entries) {
        List<EndpointView> endpoints = TestEndpoints.members(10);
        for (boolean replicated : new boolean[] {false, true}) {
            Picker picker = new CacheAffinity(replicated, Duration.ofHours(24), entries, Ties.RANDOM)
                    .newPicker(new PickerFactory.Input(endpoints, new SplittableRandom(1), clock, null));
            List<PickContext> keys = IntStream.range(0, entries)
                    .mapToObj(i -> PickContext.NONE.withKey("customer-" + i))
                    .toList();
            List<Choice> owners = keys.stream().map(picker::choose).toList();
            for (int round = 0; round < 3; round++) {
                clock.advance(Duration.ofMinutes(1));
                assertThat(keys.stream().map(picker::choose).toList())
                        .as("round %d", round)
                        .isEqualTo(owners);
            }
        }
    }

    @Test
    void threads_may_teach_the_same_keys_at_once() throws Exception {
        List<EndpointView> endpoints = TestEndpoints.members(8);
        Picker picker = new CacheAffinity(true)
                .newPicker(new PickerFactory.Input(
                        endpoints, new io.inmesh.balancer.pick.StripedRandom(4, new SplittableRandom(1)), clock, null));
        Together.run(4, thread -> {
            for (int i = 0; i < 20_000; i++) {
                PickContext context = PickContext.NONE.withKey("key-" + i % 1_000);
                try (Lease lease = ((EndpointView) picker.choose(context)).begin()) {
                    assertThat(lease.endpoint()).isNotNull();
                }
            }
        });
        assertThat(endpoints).allMatch(endpoint -> endpoint.inFlight() == 0);
        assertThat(((CacheAffinityPicker) picker).table().size()).isEqualTo(1_000);
    }
}
