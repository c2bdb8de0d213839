package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AliasTableTest {
    private static final long SEED = 4711;

    @Test
    void evenly_spaced_draws_give_every_index_its_exact_share() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 20; round++) {
            double[] weights = random.doubles(2 + round, 0.01, 100).toArray();
            AliasTable table = new AliasTable(TestEndpoints.members(weights));
            assertThat(table.size()).isEqualTo(weights.length);
            int steps = 100_000;
            int[] counts = new int[weights.length];
            for (long i = 0; i < steps; i++) {
                counts[table.draw(i * Long.divideUnsigned(-1L, steps))]++;
            }
            double total = Arrays.stream(weights).sum();
            for (int i = 0; i < weights.length; i++) {
                // No chance in here: each of at most n columns rounds each of its two shares by one step.
                assertThat((double) counts[i])
                        .as("seed %d, index %d of %s", SEED, i, Arrays.toString(weights))
                        .isCloseTo(steps * weights[i] / total, within(weights.length + 1.0));
            }
        }
    }

    @Test
    void equal_weights_never_leave_their_column() {
        AliasTable table = new AliasTable(TestEndpoints.members(3, 3, 3));
        assertThat(table.draw(0)).isZero();
        assertThat(table.draw(-1)).isEqualTo(2);
        assertThat(table.draw(Long.MIN_VALUE)).isEqualTo(1);
    }

    @Test
    void one_in_a_million_is_one_in_a_million() {
        AliasTable table = new AliasTable(TestEndpoints.members(1, 1_000_003));
        // The light one owns the first 2 in 1000004 of its column, which is the lower half of all draws.
        long share = Long.divideUnsigned(-1L, 1_000_004);
        assertThat(table.draw(0)).isZero();
        assertThat(table.draw(share - share / 1000)).isZero();
        assertThat(table.draw(share + share / 1000)).isEqualTo(1);
        assertThat(table.draw(-1)).isEqualTo(1);
    }
}
