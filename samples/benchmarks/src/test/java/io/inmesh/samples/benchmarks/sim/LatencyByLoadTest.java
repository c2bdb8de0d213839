package io.inmesh.samples.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyByLoadTest {
    private final LatencyByLoad estimate = new LatencyByLoad();

    private void record(int times, int ahead, long latency) {
        for (int i = 0; i < times; i++) {
            estimate.record(ahead, latency);
        }
    }

    @Test
    void nothing_known_is_no_reason_to_stay_away() {
        assertThat(estimate.at(5)).isZero();
    }

    @Test
    void a_server_that_has_emptied_speaks_of_how_it_is_when_empty() {
        record(20, 0, 10);
        record(200, 40, 900);
        assertThat(estimate.at(0)).isEqualTo(10);
        assertThat(estimate.at(40)).isEqualTo(900);
    }

    @Test
    void the_newest_count() {
        record(100, 2, 10);
        record(16, 2, 70);
        assertThat(estimate.at(2)).isEqualTo(70);
    }

    @Test
    void it_is_the_median_of_few() {
        estimate.record(1, 30);
        assertThat(estimate.at(9)).isEqualTo(30);
        estimate.record(1, 10);
        assertThat(estimate.at(1)).isEqualTo(20);
        estimate.record(1, 1_000);
        assertThat(estimate.at(1)).isEqualTo(30);
    }

    @Test
    void where_as_many_were_never_there_the_nearest_speak() {
        record(8, 3, 10);
        record(8, 12, 80);
        assertThat(estimate.at(4)).isEqualTo(10);
        assertThat(estimate.at(11)).isEqualTo(80);
    }

    @Test
    void what_is_long_ago_is_forgotten() {
        record(16, 0, 10);
        record(256, 9, 90);
        assertThat(estimate.at(0)).isEqualTo(90);
    }
}
