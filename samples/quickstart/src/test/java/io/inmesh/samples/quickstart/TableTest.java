package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void shows_place_requests_share_and_percentiles_of_both_endpoints_and_the_state() {
        PodRow first = new PodRow(
                "orders-1",
                "node-1",
                "zone-a",
                new Latencies.Summary(300, 5.04, 12.06),
                new Latencies.Summary(1, 5, 5),
                "ready");
        PodRow second = new PodRow(
                "orders-12",
                "node-3",
                "zone-b",
                new Latencies.Summary(100, 0.5, 1234.5),
                Latencies.Summary.NOTHING,
                "killed");

        assertThat(Table.of(List.of(first, second)))
                .containsExactly(
                        "  pod        node    zone       grpc  share p50 ms p99 ms    http  share p50 ms p99 ms  state",
                        "  orders-1   node-1  zone-a      300  75.0%    5.0   12.1       1 100.0%    5.0    5.0  ready",
                        "  orders-12  node-3  zone-b      100  25.0%    0.5 1234.5       0      -      -      -  killed");
    }

    @Test
    void without_pods_there_is_the_head_alone() {
        assertThat(Table.of(List.of())).hasSize(1);
    }
}
