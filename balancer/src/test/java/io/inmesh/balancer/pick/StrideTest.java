package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StrideTest {

    @Test
    @DisplayName("TV-WRR-4")
    void two_three_six_without_phase_from_turn_15() {
        List<EndpointView> endpoints = TestEndpoints.members(2, 3, 6);
        Stripes sequence = new Stripes(1, () -> 15L << 1);
        Stride stride = new Stride(endpoints.toArray(EndpointView[]::new), new int[] {2, 3, 6}, 6, 0, sequence);
        StringBuilder turns = new StringBuilder();
        for (int i = 0; i < 11; i++) {
            turns.append((char) ('A' + TestEndpoints.indexOf(endpoints, stride.choose(PickContext.NONE))));
        }
        assertThat(turns).hasToString("ABCCBCACBCC");
    }

    @Test
    @DisplayName("TV-WRR-5")
    void weights_are_scaled_to_the_largest_within_a_tenth_and_ten_times_their_mean() {
        assertThat(Stride.scaled(new double[] {2, 3, 6})).containsExactly(21_845, 32_768, 65_535);
        assertThat(Stride.scaled(new double[] {1, 0, 3})).containsExactly(21_845, 43_690, 65_535);
        assertThat(Stride.scaled(new double[] {1, 1, 1, 100})).containsExactly(1_688, 1_688, 1_688, 65_535);
    }

    @Test
    void a_giant_is_brought_down_to_ten_times_the_mean() {
        double[] weights = new double[100];
        java.util.Arrays.fill(weights, 1);
        weights[0] = 1_000_000;
        int[] scaled = Stride.scaled(weights);
        // The mean is 10001; the dwarfs stand at a tenth of it, the giant at ten times.
        assertThat(scaled[0]).isEqualTo(65_535);
        assertThat(scaled[1]).isEqualTo(655);
    }

    @Test
    @DisplayName("TV-WRR-6")
    void with_phases_shares_are_exact_over_whole_generations() {
        List<EndpointView> endpoints = TestEndpoints.members(2, 3, 6);
        Stride stride = new Stride(
                endpoints.toArray(EndpointView[]::new), Stride.scaled(new double[] {2, 3, 6}), new Stripes(1, () -> 0));
        int[] counts = new int[3];
        int picks = 0;
        long attempts = 0;
        while (picks < 110_000) {
            int index = stride.takenAt(attempts++);
            if (index >= 0) {
                counts[index]++;
                picks++;
            }
        }
        // Scaled weights are rounded (32768 for 32767.5), so a turn may fall to either side of the last generation.
        assertThat(counts[0]).isBetween(19_999, 20_001);
        assertThat(counts[1]).isBetween(29_999, 30_001);
        assertThat(counts[2]).isBetween(59_999, 60_001);
        assertThat(attempts).isBetween(179_995L, 180_005L);
    }

    @Test
    void a_turn_beyond_the_largest_signed_number_still_finds_an_endpoint() {
        Stride stride = new Stride(
                TestEndpoints.members(1, 2, 3).toArray(EndpointView[]::new),
                Stride.scaled(new double[] {1, 2, 3}),
                new Stripes(1, () -> 0));
        for (long turn = -1; turn > -1_000; turn--) {
            assertThat(stride.takenAt(turn)).isBetween(-1, 2);
        }
    }
}
