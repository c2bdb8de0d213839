package io.inmesh.balancer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Weights from load reports (5.3, ORCA-weighted). */
class ReportedWeightTest {
    private final FakeClock clock = new FakeClock();
    private final ReportedWeight weight = new ReportedWeight(ReportedWeight.Settings.DEFAULT);

    private static LoadReport report(double requests, double errors, double utilization) {
        return new LoadReport(requests, errors, utilization, 0, Map.of());
    }

    private double read() {
        return weight.read(clock.nanoTime());
    }

    private void reportFor(Duration time) {
        for (long second = 0; second <= time.toSeconds(); second++) {
            weight.report(report(100, 0, 0.5), clock.nanoTime());
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("TV-ORCA-1")
    void requests_per_utilization_with_errors_as_effort() {
        assertThat(ReportedWeight.weightOf(report(100, 10, 0.5), ReportedWeight.Settings.DEFAULT))
                .isCloseTo(166.67, within(0.01));
        assertThat(ReportedWeight.weightOf(report(100, 0, 0.5), ReportedWeight.Settings.DEFAULT))
                .isEqualTo(200);
    }

    @Test
    void utilization_is_the_largest_named_one_else_the_applications_else_the_processors() {
        ReportedWeight.Settings named =
                new ReportedWeight.Settings(Duration.ofSeconds(10), Duration.ofSeconds(180), 1, List.of("mem", "disk"));
        assertThat(ReportedWeight.weightOf(
                        new LoadReport(100, 0, 0.5, 0.9, Map.of("mem", 0.2, "disk", 0.25, "other", 0.8)), named))
                .isEqualTo(400);
        assertThat(ReportedWeight.weightOf(
                        new LoadReport(100, 0, 0.5, 0.9, Map.of("mem", Double.NaN, "disk", -1.0)), named))
                .as("neither NaN nor below zero counts")
                .isEqualTo(200);
        assertThat(ReportedWeight.weightOf(new LoadReport(100, 0, 0, 0.8, Map.of()), named))
                .isEqualTo(125);
    }

    @Test
    void reports_without_requests_or_utilization_say_nothing() {
        weight.report(report(0, 0, 0.5), clock.nanoTime());
        weight.report(report(100, 0, 0), clock.nanoTime());
        weight.report(report(Double.NaN, 0, 0.5), clock.nanoTime());
        clock.advance(Duration.ofSeconds(11));
        weight.report(report(100, 0, 0.5), clock.nanoTime());
        assertThat(read())
                .as("the blackout begins with the first that says something")
                .isNaN();
    }

    @Test
    void a_weight_counts_after_the_blackout_and_until_it_expires() {
        reportFor(Duration.ofSeconds(8));
        assertThat(read()).isNaN();
        reportFor(Duration.ofSeconds(0));
        assertThat(read()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(178));
        assertThat(read()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        assertThat(read()).as("180 s after the last report").isNaN();
        weight.report(report(100, 0, 0.5), clock.nanoTime());
        assertThat(read()).as("expired: the blackout begins anew").isNaN();
    }

    @Test
    void coming_back_begins_the_blackout_anew() {
        reportFor(Duration.ofSeconds(20));
        assertThat(read()).isEqualTo(200);
        weight.restart();
        assertThat(read()).isNaN();
        reportFor(Duration.ofSeconds(5));
        assertThat(read()).isNaN();
        reportFor(Duration.ofSeconds(5));
        assertThat(read()).isEqualTo(200);
    }

    @Test
    void the_unknown_have_the_mean_and_giants_and_dwarfs_are_brought_in() {
        assertThat(ReportedWeight.together(new double[] {100, Double.NaN, 300})).containsExactly(100, 200, 300);
        double[] weights = new double[20];
        java.util.Arrays.fill(weights, 1);
        weights[0] = 1_000;
        weights[1] = 0.001;
        double mean = (1_000 + 0.001 + 18) / 20;
        assertThat(ReportedWeight.together(weights)[0]).isCloseTo(10 * mean, within(1e-9));
        assertThat(ReportedWeight.together(weights)[1]).isCloseTo(0.1 * mean, within(1e-9));
    }

    @Test
    void fewer_than_two_known_make_all_equal() {
        assertThat(ReportedWeight.together(new double[] {Double.NaN, 300, Double.NaN}))
                .containsExactly(1, 1, 1);
        assertThat(ReportedWeight.together(new double[] {Double.NaN})).containsExactly(1);
    }

    @Test
    void a_penalty_below_zero_is_refused() {
        assertThatThrownBy(() -> new ReportedWeight.Settings(Duration.ZERO, Duration.ofSeconds(1), -1, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("error-penalty: -1.0 (expected: 0 or more)");
    }

    @Test
    void of_reports_that_come_at_once_one_is_believed_and_never_a_mixture() throws Exception {
        ReportedWeight atOnce =
                new ReportedWeight(new ReportedWeight.Settings(Duration.ZERO, Duration.ofSeconds(1), 1, List.of()));
        long now = clock.nanoTime();
        Together.run(6, thread -> {
            for (int i = 0; i < 20_000; i++) {
                if (thread == 5 && i % 100 == 0) {
                    atOnce.restart();
                } else if (thread % 2 == 0) {
                    atOnce.report(report(100, 0, thread == 0 ? 0.5 : 0.25), now);
                } else {
                    assertThat(atOnce.read(now)).isIn(Double.NaN, 200.0, 400.0);
                }
            }
        });
        atOnce.report(report(100, 0, 0.5), now);
        assertThat(atOnce.read(now)).isEqualTo(200);
    }
}
