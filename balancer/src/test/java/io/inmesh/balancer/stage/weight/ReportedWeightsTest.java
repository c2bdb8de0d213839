package io.inmesh.balancer.stage.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.SlowStartConfig;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportedWeightsTest {
    /** Believed at once. */
    private static final WeightConfig CONFIG = new WeightConfig(
            WeightConfig.Source.REPORTS,
            Duration.ZERO,
            Duration.ofMinutes(3),
            Duration.ofSeconds(1),
            1,
            List.of(),
            Duration.ZERO);

    private final FakeClock clock = new FakeClock();
    private final EndpointStates states = new EndpointStates();
    private final List<Member> members = new ArrayList<>();
    private final List<String> fallbacks = new ArrayList<>();

    /** An endpoint that reports so many requests a second at full use; 0 = it reports nothing. */
    private void arrives(int weight, double reported) {
        Member member = new Member(
                TestEndpoints.TARGET,
                TestEndpoints.endpoint(members.size()).withWeight(weight),
                states,
                clock,
                BalancerObserver.NONE);
        if (reported > 0) {
            try (Lease lease = member.begin()) {
                lease.report(LoadReport.of(reported, 1));
            }
        }
        members.add(member);
    }

    private Layout arranged() {
        return new ReportedWeights(CONFIG, clock.nanoTime(), fallbacks::add).apply(Layout.of(members));
    }

    private List<Double> weights() {
        return arranged().candidates().stream().map(Layout.Candidate::weight).toList();
    }

    @Test
    @DisplayName("5.3: base weight times the report as against the mean; the unknown count as the mean, 0 stays 0")
    void base_times_report_as_against_the_mean() {
        arrives(1, 100);
        arrives(4, 0);
        arrives(2, 300);
        arrives(0, 5_000);
        assertThat(weights()).containsExactly(0.5, 4.0, 3.0, 0.0);
        assertThat(fallbacks).isEmpty();
    }

    @Test
    @DisplayName("5.3: brought into [0.1, 10] times the mean")
    void giants_and_dwarfs_are_brought_in() {
        arrives(1, 1_000);
        arrives(1, 0.001);
        for (int i = 0; i < 18; i++) {
            arrives(1, 1);
        }
        double mean = (1_000 + 0.001 + 18) / 20;
        assertThat(weights().get(0)).isCloseTo(10, within(1e-9));
        assertThat(weights().get(1)).isCloseTo(0.1, within(1e-9));
        assertThat(weights().get(2)).isCloseTo(Math.max(0.1, 1 / mean), within(1e-9));
    }

    @Test
    @DisplayName("5.3: fewer than two usable are ignored, and counted once two should have come")
    void fewer_than_two_usable_are_ignored_and_counted() {
        arrives(1, 300);
        arrives(4, 0);
        assertThat(weights()).containsExactly(1.0, 4.0);
        assertThat(fallbacks).as("it is early").isEmpty();
        clock.advance(Duration.ofSeconds(2));
        assertThat(weights()).containsExactly(1.0, 4.0);
        weights();
        assertThat(fallbacks).hasSize(2).allSatisfy(why -> assertThat(why)
                .contains("fewer than two endpoints report their load")
                .contains("Lease.report"));
    }

    @Test
    void one_endpoint_alone_has_nothing_to_be_compared_with_which_is_no_failure() {
        arrives(1, 0);
        clock.advance(Duration.ofMinutes(2));
        assertThat(weights()).containsExactly(1.0);
        assertThat(fallbacks).isEmpty();
    }

    @Test
    void it_is_looked_at_each_period_whether_anybody_reports_or_not() {
        arrives(1, 0);
        assertThat(arranged().holds()).isEqualTo(Duration.ofSeconds(1));
        arrives(1, 100);
        arrives(1, 100);
        assertThat(arranged().holds()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("Section 3, place 10: base x report x slow start")
    void slow_start_comes_on_top() {
        arrives(1, 100);
        arrives(1, 100);
        clock.advance(Duration.ofMinutes(2));
        arrives(2, 400);
        Layout layout =
                new SlowStart(new SlowStartConfig(Duration.ofSeconds(60), 1, 10), clock.nanoTime()).apply(arranged());
        assertThat(layout.candidates().get(2).weight()).isCloseTo(2 * 2 * 0.1, within(1e-12));
        assertThat(layout.holds()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "PT10S, PT5S, PT1S, 'PT5S (expected: more than weight.blackout, which is PT10S)'",
        "PT0S, PT5S, PT5S, 'PT5S (expected: more than weight.period, which is PT5S)'",
        "PT0S, PT25H, PT1S, 'PT25H (expected: at most 24h)'"
    })
    void an_expiration_that_could_never_work_is_refused(
            Duration blackout, Duration expiration, Duration period, String text) {
        assertThatThrownBy(() -> new WeightConfig(
                        WeightConfig.Source.REPORTS, blackout, expiration, period, 1, List.of(), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight.expiration: " + text);
    }
}
