package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.ScriptedRandom;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RandomChoiceTest {
    private static final long SEED = 20_260_117L;
    private static final int DRAWS = 1_000_000;

    private static PickerFactory policy() {
        return new RandomChoice();
    }

    private static Picker picker(List<EndpointView> endpoints) {
        return policy().newPicker(
                        new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), null));
    }

    private static int[] counts(int n, Picker picker, List<EndpointView> endpoints) {
        int[] counts = new int[n];
        for (int i = 0; i < DRAWS; i++) {
            counts[TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE))]++;
        }
        return counts;
    }

    @Test
    @DisplayName("Section 5.2: chi-square at p > 0.001 over a million seeded draws")
    void equal_weights_are_drawn_uniformly() {
        // The 0.999 quantile of chi-square with 19 degrees of freedom; of a fixed seed, or one run in a thousand would
        // fail.
        assertThat(chiSquareOfTwenty(SEED)).as("seed %d", SEED).isLessThan(43.82);
    }

    @Test
    @DisplayName("Section 5.2: chi-square of a fresh seed")
    void equal_weights_are_drawn_uniformly_from_a_fresh_seed() {
        long fresh = System.nanoTime();
        // The quantile that one in 10^9 exceeds.
        assertThat(chiSquareOfTwenty(fresh)).as("seed %d", fresh).isLessThan(83);
    }

    private static double chiSquareOfTwenty(long seed) {
        int n = 20;
        List<EndpointView> endpoints = TestEndpoints.members(n);
        Picker picker = policy().newPicker(
                        new PickerFactory.Input(endpoints, new SplittableRandom(seed), new FakeClock(), null));
        int[] counts = counts(n, picker, endpoints);
        double expected = (double) DRAWS / n;
        return Arrays.stream(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName("Section 5.2: of any seed; bounds that one in a million misses")
    void draws_are_uniform_or_in_proportion_whatever_the_seed(long seed) {
        int draws = 200_000;
        SplittableRandom random = new SplittableRandom(seed);
        for (double[] weights : List.of(new double[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, new double[] {5, 1, 1, 0.5})) {
            List<EndpointView> endpoints = TestEndpoints.members(weights);
            Picker picker = policy().newPicker(new PickerFactory.Input(endpoints, random, new FakeClock(), null));
            double total = Arrays.stream(weights).sum();
            int[] counts = new int[weights.length];
            for (int i = 0; i < draws; i++) {
                counts[TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE))]++;
            }
            for (int i = 0; i < weights.length; i++) {
                double p = weights[i] / total;
                // Six standard deviations: 2 in 10^9 for each.
                assertThat(Math.abs(counts[i] - draws * p))
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(6 * Math.sqrt(draws * p * (1 - p)));
            }
        }
    }

    static List<double[]> weights() {
        return List.of(
                new double[] {1, 2},
                new double[] {1, 1_000_003},
                new double[] {5, 1, 1},
                new double[] {0.5, 0.25, 0.25, 3},
                new SplittableRandom(SEED).doubles(50, 0.1, 10).toArray());
    }

    @ParameterizedTest
    @MethodSource("weights")
    @DisplayName("Section 5.2: every share within four standard deviations")
    void unequal_weights_are_drawn_in_proportion(double[] weights) {
        List<EndpointView> endpoints = TestEndpoints.members(weights);
        int[] counts = counts(weights.length, picker(endpoints), endpoints);
        double total = Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            double p = weights[i] / total;
            assertThat(Math.abs(counts[i] - DRAWS * p))
                    .as("seed %d, endpoint %d of %s: %d draws", SEED, i, Arrays.toString(weights), counts[i])
                    .isLessThanOrEqualTo(4 * Math.sqrt(DRAWS * p * (1 - p)));
        }
    }

    @Test
    void the_lowest_draw_takes_the_first_and_the_highest_the_last() {
        List<EndpointView> endpoints = TestEndpoints.members(10);
        Picker picker = policy().newPicker(new PickerFactory.Input(
                endpoints, ScriptedRandom.of(0, -1, Long.MIN_VALUE), new FakeClock(), null));
        assertThat(picker.choose(PickContext.NONE)).isSameAs(endpoints.get(0));
        assertThat(picker.choose(PickContext.NONE)).isSameAs(endpoints.get(9));
        assertThat(picker.choose(PickContext.NONE)).isSameAs(endpoints.get(5));
    }
}
