package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void without_a_request_there_is_nothing_to_say() {
        assertThat(latencies.summary()).isEqualTo(Latencies.Summary.NOTHING);
    }

    @Test
    void one_request_is_every_percentile() {
        latencies.add(7_000_000);

        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(1, 7, 7));
    }

    @Test
    void percentiles_are_values_that_were_measured_whatever_the_order_they_came_in() {
        LongStream.rangeClosed(1, 1000).map(i -> 1001 - i).forEach(millis -> latencies.add(millis * 1_000_000));

        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(1000, 500, 990));
    }
}
