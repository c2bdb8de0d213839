package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LowDiscrepancyTest {
    private static final long SEED = 77;

    private static LowDiscrepancy of(double... weights) {
        return new LowDiscrepancy(TestEndpoints.members(weights).toArray(EndpointView[]::new), new Stripes(1, () -> 0));
    }

    @Test
    @DisplayName("TV-WRR-7, the sequence")
    void five_one_one_from_zero_takes_these_turns() {
        LowDiscrepancy picker = of(5, 1, 1);
        StringBuilder turns = new StringBuilder();
        for (int i = 0; i < 14; i++) {
            turns.append((char) ('A' + picker.ownerOf(i * Stripes.GOLDEN_GAMMA)));
        }
        assertThat(turns).hasToString("AAABAAAACAABAA");
    }

    @Test
    void choosing_walks_the_same_places() {
        List<EndpointView> endpoints = TestEndpoints.members(5, 1, 1);
        LowDiscrepancy picker = new LowDiscrepancy(endpoints.toArray(EndpointView[]::new), new Stripes(1, () -> 0));
        for (int i = 0; i < 1_000; i++) {
            assertThat(picker.choose(PickContext.NONE))
                    .isSameAs(endpoints.get(picker.ownerOf(i * Stripes.GOLDEN_GAMMA)));
        }
    }

    static List<Arguments> intervals() {
        return List.of(
                // weights before, of, and behind the interval; the gaps between its turns
                Arguments.of(new double[] {20, 10, 70}, 1, List.of(5, 8, 13)),
                Arguments.of(new double[] {37, 63}, 0, List.of(2, 3, 5)),
                Arguments.of(new double[] {50, 2, 48}, 1, List.of(34, 55, 89)));
    }

    @ParameterizedTest
    @MethodSource("intervals")
    @DisplayName("TV-WRR-7, the gaps")
    void gaps_between_turns_take_these_values(double[] weights, int index, List<Integer> expected) {
        assertThat(gaps(of(weights), index, 200_000)).containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    void gaps_take_at_most_three_values_and_the_largest_is_the_sum_of_the_others(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            double[] weights = random.doubles(2 + round % 9, 1, 50).toArray();
            LowDiscrepancy picker = of(weights);
            for (int i = 0; i < weights.length; i++) {
                List<Integer> gaps = gaps(picker, i, 20_000);
                assertThat(gaps)
                        .as("seed %d, %s, endpoint %d", seed, Arrays.toString(weights), i)
                        .hasSizeBetween(1, 3);
                if (gaps.size() == 3) {
                    assertThat(gaps.get(2)).isEqualTo(gaps.get(0) + gaps.get(1));
                }
            }
        }
    }

    private static List<Integer> gaps(LowDiscrepancy picker, int index, int turns) {
        TreeSet<Integer> gaps = new TreeSet<>();
        int last = -1;
        for (int i = 0; i < turns; i++) {
            if (picker.ownerOf(i * Stripes.GOLDEN_GAMMA) == index) {
                if (last >= 0) {
                    gaps.add(i - last);
                }
                last = i;
            }
        }
        return List.copyOf(gaps);
    }

    static List<double[]> manyWeights() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<double[]> shapes = new ArrayList<>();
        shapes.add(new double[] {5, 1, 1});
        shapes.add(new double[] {1, 1_000_003});
        shapes.add(new double[] {1, 0.001, 3});
        shapes.add(random.doubles(10, 1, 10).toArray());
        shapes.add(random.doubles(100, 1, 100).toArray());
        double[] giant = new double[100];
        Arrays.fill(giant, 1);
        giant[37] = 10_000;
        shapes.add(giant);
        shapes.add(random.doubles(1000, 1, 10).toArray());
        return shapes;
    }

    /**
     * Section 5.3 measured 3.2 over 2 * 10^5 picks and 4.5 over 10^7; the former does not hold for every weight: 5,1,1 is 3.71 from its
     * share after pick 33697, here and in a model of exact integers. The latter holds for all of these.
     */
    @ParameterizedTest
    @MethodSource("manyWeights")
    void no_count_is_ever_far_from_its_share(double[] weights) {
        assertThat(worstDeviation(weights)).isBetween(0.5, 4.5);
    }

    @Test
    @DisplayName("Section 5.3: no count is far from its share whatever the weights")
    void no_count_is_ever_far_from_its_share_with_fresh_weights() {
        long fresh = System.nanoTime();
        SplittableRandom random = new SplittableRandom(fresh);
        for (int n : new int[] {2, 3, 10, 100, 1000}) {
            double[] weights =
                    random.doubles(n, 1, 1 + Math.exp(random.nextDouble(0, 7))).toArray();
            // The worst of 29,000 such draws was 4.9; the margin is for those that were not drawn.
            assertThat(worstDeviation(weights)).as("seed %d, n %d", fresh, n).isBetween(0.4, 6.0);
        }
    }

    /** How far any endpoint ever is from its share. */
    private static double worstDeviation(double[] weights) {
        LowDiscrepancy picker = of(weights);
        double total = Arrays.stream(weights).sum();
        int[] counts = new int[weights.length];
        double worst = 0;
        for (int t = 0; t < 200_000; t++) {
            int i = picker.ownerOf(t * Stripes.GOLDEN_GAMMA);
            double share = weights[i] / total;
            // An endpoint is furthest behind just before a turn of its own and furthest ahead just behind it.
            worst = Math.max(worst, t * share - counts[i]);
            counts[i]++;
            worst = Math.max(worst, counts[i] - (t + 1) * share);
        }
        return worst;
    }

    @Test
    void five_one_one_is_as_far_from_its_share_as_exact_integers_say() {
        LowDiscrepancy picker = of(5, 1, 1);
        int count = 0;
        for (int t = 0; t < 33_697; t++) {
            count += picker.ownerOf(t * Stripes.GOLDEN_GAMMA) == 0 ? 1 : 0;
        }
        assertThat(Math.abs(count - 33_697 * 5.0 / 7)).isCloseTo(3.714, within(0.001));
    }

    @Test
    void the_guide_finds_the_same_owner_as_a_search_from_the_beginning() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 30; round++) {
            double[] weights = random.doubles(2 + random.nextInt(40), 0.01, 1 << random.nextInt(1, 20))
                    .toArray();
            LowDiscrepancy picker = of(weights);
            double total = Arrays.stream(weights).sum();
            for (int i = 0; i < 2_000; i++) {
                long place = random.nextLong();
                double fraction = (place >>> 11) * 0x1p-53;
                double upTo = 0;
                int owner = 0;
                while (owner < weights.length - 1 && fraction >= (upTo + weights[owner]) / total) {
                    upTo += weights[owner++];
                }
                int found = picker.ownerOf(place);
                if (found != owner) {
                    // Only on the very edge, where doubles and 64-bit integers round differently.
                    double edge = (upTo + (found > owner ? weights[owner] : 0)) / total;
                    assertThat(Math.abs(fraction - edge))
                            .as("seed %d, place %x", SEED, place)
                            .isLessThan(1e-5);
                }
            }
        }
    }

    @Test
    void an_endpoint_of_almost_no_weight_still_owns_a_place() {
        LowDiscrepancy picker = of(1, 1e-9, 1);
        long turns = 0;
        while (picker.ownerOf(turns * Stripes.GOLDEN_GAMMA) != 1) {
            turns++;
            assertThat(turns).isLessThan(100_000_000L);
        }
        assertThat(turns).isPositive();
    }

    @Test
    @DisplayName("Section 9: weights 1 and 1000003 cost no array of their sum")
    void the_table_grows_with_endpoints_not_with_weights() {
        // Two endpoints: four slots of guide, whatever the weights; and the light one gets its one in a million.
        LowDiscrepancy picker = of(1, 1_000_003);
        int light = 0;
        for (int i = 0; i < 10_000_000; i++) {
            if (picker.ownerOf(i * Stripes.GOLDEN_GAMMA) == 0) {
                light++;
            }
        }
        assertThat(light).isBetween(7, 13);
    }
}
