package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadReportTest {

    @Test
    void each_part_is_said_by_itself() {
        LoadReport report = LoadReport.of(100, 0.5)
                .withErrors(3)
                .withCpu(0.75)
                .withUtilization("mem", 0.25)
                .withUtilization("disk", 0.1)
                .withInFlight(7, Duration.ofMillis(12));
        assertThat(report)
                .isEqualTo(
                        new LoadReport(100, 3, 0.5, 0.75, Map.of("mem", 0.25, "disk", 0.1), 7, Duration.ofMillis(12)));
        assertThat(LoadReport.inFlight(7, Duration.ofMillis(12)))
                .isEqualTo(new LoadReport(0, 0, 0, 0, Map.of(), 7, Duration.ofMillis(12)));
    }

    @Test
    void what_makes_no_sense_is_unsaid_and_never_refused() {
        LoadReport report = new LoadReport(
                Double.NaN, -1, Double.POSITIVE_INFINITY, -2, Map.of("mem", Double.NaN), -9, Duration.ofMillis(-1));
        assertThat(report.requestsInFlight()).isEqualTo(LoadReport.UNSAID);
        assertThat(report.latency()).isNull();
        assertThat(LoadReport.NONE.requestsInFlight()).isEqualTo(LoadReport.UNSAID);
    }
}
