package io.inmesh.balancer.grpc.orca;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyAtLoadTest {
    private final LatencyAtLoad latency = new LatencyAtLoad();

    private void record(int times, int met, long nanos) {
        for (int i = 0; i < times; i++) {
            latency.record(met, nanos);
        }
    }

    @Test
    void nothing_is_known_at_first() {
        assertThat(latency.at(0)).isZero();
    }

    @Test
    void a_server_that_has_emptied_speaks_of_how_it_is_when_empty() {
        record(20, 0, 10);
        record(100, 30, 900);

        assertThat(latency.at(0)).isEqualTo(10);
        assertThat(latency.at(30)).isEqualTo(900);
    }

    @Test
    void where_few_met_as_many_those_that_met_about_as_many_count() {
        record(8, 10, 100);
        record(8, 100, 1_000);

        assertThat(latency.at(12)).isEqualTo(100);
        assertThat(latency.at(90)).isEqualTo(1_000);
    }

    @Test
    void the_newest_count_and_of_an_even_number_the_mean_of_the_middle_two() {
        record(300, 1, 10);
        record(16, 1, 50);
        assertThat(latency.at(1)).isEqualTo(50);

        record(8, 1, 70);
        assertThat(latency.at(1)).isEqualTo(60);
    }

    @Test
    void what_is_out_of_range_is_held_to_it_and_numbering_never_runs_out() {
        latency.record(Integer.MAX_VALUE, Long.MAX_VALUE);
        assertThat(latency.at(Integer.MAX_VALUE)).isEqualTo((1L << 44) - 1);
        record(2_000, 3, 7);
        assertThat(latency.at(3)).isEqualTo(7);
        latency.record(3, -5);
        assertThat(latency.at(3)).isEqualTo(7);
    }
}
