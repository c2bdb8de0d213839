package io.inmesh.balancer.pick.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.ScriptedRandom;
import io.inmesh.balancer.testing.LoadedView;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PowerOfTwoTest {
    private static final long SEED = 20_260_117L;
    private static final int DRAWS = 1_000_000;

    private static PickerFactory policy() {
        return new PowerOfTwo();
    }

    private static Picker picker(List<EndpointView> endpoints) {
        return policy().newPicker(
                        new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), null));
    }

    private int[] counts(List<EndpointView> endpoints) {
        Picker picker = picker(endpoints);
        int[] counts = new int[endpoints.size()];
        for (int i = 0; i < DRAWS; i++) {
            counts[TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE))]++;
        }
        return counts;
    }

    @Test
    @DisplayName("TV-P2C-1")
    void each_rank_of_load_gets_its_share_and_the_last_gets_nothing() {
        int[] counts = counts(TestEndpoints.loaded(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        for (int rank = 1; rank <= 10; rank++) {
            double expected = 2.0 * (10 - rank) / (10 * 9);
            assertThat((double) counts[rank - 1] / DRAWS)
                    .as("share of rank %d, seed %d", rank, SEED)
                    .isCloseTo(expected, within(0.002));
        }
        assertThat(counts[9])
                .as("the most loaded, which loses every comparison")
                .isZero();
    }

    @Test
    void where_the_load_stands_in_the_list_does_not_matter() {
        int[] counts = counts(TestEndpoints.loaded(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
        assertThat(counts[0]).isZero();
        assertThat((double) counts[9] / DRAWS).isCloseTo(0.2, within(0.002));
    }

    @Test
    @DisplayName("C9: two draws are never the same endpoint")
    void the_two_drawn_are_never_the_same() {
        // If both draws could be the one loaded endpoint, it would be chosen; whatever 64 bits come, it must not be.
        SplittableRandom random = new SplittableRandom(SEED);
        for (int n = 2; n <= 40; n++) {
            int worst = random.nextInt(n);
            int[] loads = new int[n];
            loads[worst] = 1;
            List<EndpointView> endpoints = TestEndpoints.loaded(loads);
            long[] bits = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xffff_ffffL, 0xffff_ffff_0000_0000L};
            Picker edges =
                    policy().newPicker(new PickerFactory.Input(endpoints, new Repeating(bits), new FakeClock(), null));
            for (int i = 0; i < bits.length; i++) {
                assertThat(edges.choose(PickContext.NONE)).isNotSameAs(endpoints.get(worst));
            }
            Picker picker = picker(endpoints);
            for (int i = 0; i < 5_000; i++) {
                assertThat(picker.choose(PickContext.NONE))
                        .as("seed %d, n %d", SEED, n)
                        .isNotSameAs(endpoints.get(worst));
            }
        }
    }

    @Test
    @DisplayName("C9 where weights differ, a giant among dwarfs included")
    void the_two_drawn_are_never_the_same_where_weights_differ() {
        for (double giant : new double[] {2, 100, 1 << 20}) {
            List<EndpointView> endpoints = List.of(
                    new LoadedView(TestEndpoints.endpoint(0), 0, 1),
                    // Far more requests for each unit of weight than anybody else.
                    new LoadedView(TestEndpoints.endpoint(1), 1_000_000_000, giant),
                    new LoadedView(TestEndpoints.endpoint(2), 0, 1));
            Picker picker = picker(endpoints);
            for (int i = 0; i < 20_000; i++) {
                assertThat(picker.choose(PickContext.NONE)).isNotSameAs(endpoints.get(1));
            }
        }
    }

    @Test
    void of_two_equally_loaded_the_first_drawn_wins_so_that_idle_clients_spread() {
        int[] counts = counts(TestEndpoints.loaded(0, 0, 0, 0, 0));
        for (int count : counts) {
            assertThat((double) count / DRAWS).isCloseTo(0.2, within(0.002));
        }
    }

    @Test
    void of_two_equals_the_one_drawn_first_is_taken_equal_weights_or_not() {
        long lastThenFirst = 0xffff_ffff_0000_0000L;
        List<EndpointView> equal = TestEndpoints.loaded(3, 0, 0, 0, 3);
        assertThat(policy().newPicker(
                                new PickerFactory.Input(equal, ScriptedRandom.of(lastThenFirst), new FakeClock(), null))
                        .choose(PickContext.NONE))
                .isSameAs(equal.get(4));
        List<EndpointView> unequal = List.of(
                new LoadedView(TestEndpoints.endpoint(0), 2, 1), new LoadedView(TestEndpoints.endpoint(1), 6, 3));
        // The highest draw falls to the heavy one, the lowest to the light one.
        assertThat(policy().newPicker(new PickerFactory.Input(unequal, ScriptedRandom.of(-1, 0), new FakeClock(), null))
                        .choose(PickContext.NONE))
                .isSameAs(unequal.get(1));
    }

    @Test
    void requests_per_weight_are_compared_where_weights_differ() {
        // 3 requests on weight 4 are fewer than 1 on weight 1; 5 are more.
        for (int requests : new int[] {3, 5}) {
            List<EndpointView> endpoints = List.of(
                    new LoadedView(TestEndpoints.endpoint(0), requests, 4),
                    new LoadedView(TestEndpoints.endpoint(1), 1, 1));
            Picker picker = picker(endpoints);
            for (int i = 0; i < 1_000; i++) {
                assertThat(picker.choose(PickContext.NONE)).isSameAs(endpoints.get(requests == 3 ? 0 : 1));
            }
        }
    }

    @Test
    void idle_endpoints_of_different_weight_are_drawn_in_proportion() {
        double[] weights = {6, 3, 1};
        List<EndpointView> endpoints = IntStream.range(0, 3)
                .<EndpointView>mapToObj(i -> new LoadedView(TestEndpoints.endpoint(i), 0, weights[i]))
                .toList();
        int[] counts = counts(endpoints);
        for (int i = 0; i < 3; i++) {
            assertThat((double) counts[i] / DRAWS).isCloseTo(weights[i] / 10, within(0.002));
        }
    }

    @Test
    @DisplayName("The theory's point: n requests on n endpoints pile up no higher than a few")
    void a_burst_stays_level() {
        int n = 1_000;
        List<EndpointView> endpoints = TestEndpoints.members(n);
        Picker picker = picker(endpoints);
        for (int i = 0; i < n; i++) {
            ((EndpointView) picker.choose(PickContext.NONE)).begin();
        }
        int max = endpoints.stream().mapToInt(EndpointView::inFlight).max().orElseThrow();
        // ln ln n / ln 2 + O(1) is about 3; single draws pile up 5 to 7 of a thousand.
        assertThat(max).as("seed %d", SEED).isBetween(2, 4);
        assertThat(endpoints.stream().mapToInt(EndpointView::inFlight).sum()).isEqualTo(n);
    }

    @Test
    void two_idle_endpoints_share_a_burst_evenly_to_within_one() {
        List<EndpointView> endpoints = TestEndpoints.members(2);
        Picker picker = picker(endpoints);
        for (int i = 0; i < 101; i++) {
            ((EndpointView) picker.choose(PickContext.NONE)).begin();
        }
        assertThat(Math.abs(endpoints.get(0).inFlight() - endpoints.get(1).inFlight()))
                .isEqualTo(1);
    }

    /** These bits, over and over. */
    private static final class Repeating implements java.util.random.RandomGenerator {
        private final long[] bits;
        private int next;

        Repeating(long[] bits) {
            this.bits = Arrays.copyOf(bits, bits.length);
        }

        @Override
        public long nextLong() {
            return bits[next++ % bits.length];
        }
    }
}
