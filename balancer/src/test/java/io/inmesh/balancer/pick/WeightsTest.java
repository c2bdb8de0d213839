package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightsTest {
    private static final long SEED = 1_020;

    private static long[] whole(double... weights) {
        return Weights.whole(TestEndpoints.members(weights));
    }

    @Test
    void whole_weights_are_divided_by_what_they_have_in_common() {
        assertThat(whole(2, 4, 6)).containsExactly(1, 2, 3);
        assertThat(whole(1, 1_000_003)).containsExactly(1, 1_000_003);
    }

    @Test
    void fractions_keep_their_proportions_within_a_thousandth_of_one() {
        assertThat(whole(1, 0.5, 0.25)).containsExactly(4, 2, 1);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 200; i++) {
            double[] weights = random.doubles(5, 0.1, 10).toArray();
            long[] whole = whole(weights);
            double unit =
                    (double) Arrays.stream(whole).sum() / Arrays.stream(weights).sum();
            for (int j = 0; j < weights.length; j++) {
                assertThat(whole[j] / unit).as("seed %d, case %d", SEED, i).isCloseTo(weights[j], within(0.003));
            }
        }
    }

    @Test
    void what_stages_multiply_never_leaves_the_range_that_exact_sequences_count_in() {
        double most = Endpoint.MAX_WEIGHT;
        for (double[] weights : new double[][] {
            {10 * most, 0.1 * most, most}, {10 * most, 1}, {10 * most + 0.5, 0.001}, {most, most - 0.25}
        }) {
            for (long weight : whole(weights)) {
                assertThat(weight).isBetween(1L, (long) Endpoint.MAX_WEIGHT);
            }
        }
        List<EndpointView> giants = TestEndpoints.members(10 * most, 10 * most - 1, 1);
        DeadlineSequence turns = new DeadlineSequence(Weights.whole(giants));
        int[] counts = new int[3];
        for (int i = 0; i < 10_000; i++) {
            counts[turns.next()]++;
        }
        assertThat(counts[0]).isCloseTo(5_000, within(2));
        assertThat(counts[1]).isCloseTo(5_000, within(2));
    }

    @Test
    void bursts_of_fractions_are_a_hundred_rounds_long_at_most() {
        assertThat(Weights.coarse(TestEndpoints.members(1, 1, 0.1))).containsExactly(10, 10, 1);
        assertThat(Weights.coarse(TestEndpoints.members(1.37, 0.82))).containsExactly(5, 3);
        assertThat(Weights.coarse(TestEndpoints.members(5, 1, 0.001))).containsExactly(100, 20, 1);
        assertThat(Weights.coarse(TestEndpoints.members(4, 1_001)))
                .as("whole ones stay")
                .containsExactly(4, 1_001);
    }

    @Test
    void equal_is_equal_to_the_last_digit() {
        assertThat(Weights.areEqual(TestEndpoints.members(0.1, 0.1))).isTrue();
        assertThat(Weights.areEqual(TestEndpoints.members(0.1, 0.1 + 1e-15))).isFalse();
    }
}
