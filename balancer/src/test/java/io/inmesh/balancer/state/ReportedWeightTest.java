package io.inmesh.balancer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Usability;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import io.inmesh.balancer.testing.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the load reports of one endpoint come to (5.3, ORCA-weighted). */
class ReportedWeightTest {
    private static final WeightConfig CONFIG = WeightConfig.DEFAULT;

    private final FakeClock clock = new FakeClock();
    private final EndpointStates states = new EndpointStates();
    private final Member member = member();

    private Member member() {
        return new Member(TestEndpoints.TARGET, TestEndpoints.endpoint(0), states, clock, BalancerObserver.NONE);
    }

    private static WeightConfig config(Duration blackout, Duration expiration, double penalty, String... metrics) {
        return new WeightConfig(
                WeightConfig.Source.REPORTS,
                blackout,
                expiration,
                Duration.ofSeconds(1),
                penalty,
                List.of(metrics),
                Duration.ZERO);
    }

    private void report(LoadReport report) {
        try (Lease lease = member.begin()) {
            lease.report(report);
        }
    }

    private double read() {
        return member.reportedWeight(CONFIG, clock.nanoTime());
    }

    /** A report each second, and a look at it, for so many seconds. */
    private double afterReportsFor(int seconds) {
        double read = Double.NaN;
        for (int second = 0; second <= seconds; second++) {
            clock.advance(Duration.ofSeconds(second == 0 ? 0 : 1));
            report(LoadReport.of(100, 0.5));
            read = read();
        }
        return read;
    }

    @Test
    @DisplayName("TV-ORCA-1")
    void requests_per_utilization_with_errors_as_effort() {
        LoadReport failing = LoadReport.of(100, 0.5).withErrors(10);
        assertThat(ReportedWeight.weightOf(failing, CONFIG)).isCloseTo(166.67, within(0.01));
        assertThat(ReportedWeight.weightOf(LoadReport.of(100, 0.5), CONFIG)).isEqualTo(200);
        WeightConfig forgiving = config(Duration.ZERO, Duration.ofMinutes(1), 0);
        assertThat(ReportedWeight.weightOf(failing, forgiving)).isEqualTo(200);
    }

    @Test
    void utilization_is_the_largest_named_one_else_the_applications_else_the_processors() {
        WeightConfig named = config(Duration.ofSeconds(10), Duration.ofSeconds(180), 1, "mem", "disk");
        LoadReport said = LoadReport.of(100, 0.5).withCpu(0.9).withUtilization("other", 0.8);
        assertThat(ReportedWeight.weightOf(said.withUtilization("mem", 0.2).withUtilization("disk", 0.25), named))
                .isEqualTo(400);
        assertThat(ReportedWeight.weightOf(
                        said.withUtilization("mem", Double.NaN).withUtilization("disk", -1), named))
                .as("neither NaN nor below zero counts")
                .isEqualTo(200);
        assertThat(ReportedWeight.weightOf(LoadReport.of(100, 0).withCpu(0.8), named))
                .isEqualTo(125);
        assertThat(ReportedWeight.weightOf(LoadReport.of(100, Double.NaN).withCpu(0.8), named))
                .isEqualTo(125);
    }

    @Test
    void reports_without_requests_or_utilization_say_nothing_and_replace_nothing() {
        report(LoadReport.of(0, 0.5));
        report(LoadReport.of(100, 0));
        report(LoadReport.of(Double.NaN, 0.5));
        report(LoadReport.of(Double.POSITIVE_INFINITY, 0.5));
        assertThat(read()).isNaN();
        assertThat(afterReportsFor(9))
                .as("the blackout begins with the first that says something")
                .isNaN();
        assertThat(afterReportsFor(1)).isEqualTo(200);
        report(LoadReport.of(0, 0.9));
        report(LoadReport.inFlight(3, Duration.ofMillis(5)));
        clock.advance(Duration.ofSeconds(1));
        report(LoadReport.of(100, 0));
        assertThat(read()).isEqualTo(200);
    }

    @Test
    void a_weight_counts_after_the_blackout_and_until_it_expires() {
        assertThat(afterReportsFor(9)).isNaN();
        assertThat(afterReportsFor(1)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(179));
        assertThat(read()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        assertThat(read()).as("180 s after the last report").isNaN();
        assertThat(afterReportsFor(9)).as("expired: the blackout begins anew").isNaN();
        assertThat(afterReportsFor(1)).isEqualTo(200);
    }

    @Test
    void a_gap_that_nobody_saw_begins_the_blackout_anew() {
        assertThat(afterReportsFor(12)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(200));
        report(LoadReport.of(100, 0.5));
        assertThat(read()).isNaN();
    }

    @Test
    void coming_back_begins_the_blackout_anew() {
        assertThat(afterReportsFor(20)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        member.judge(Words.of(Member.Health.EJECTED));
        member.judge(Words.of(Member.Health.HEALTHY));
        assertThat(read()).as("ejected and back").isNaN();
        clock.advance(Duration.ofSeconds(15));
        assertThat(read())
                .as("what was said before does not count, however long ago")
                .isNaN();
        assertThat(afterReportsFor(9)).isNaN();
        assertThat(afterReportsFor(1)).isEqualTo(200);

        clock.advance(Duration.ofSeconds(1));
        member.update(member.endpoint().withUsability(new Usability.Unusable("not ready")));
        member.update(member.endpoint().withUsability(Usability.usable()));
        assertThat(read()).as("away and back").isNaN();
        assertThat(afterReportsFor(10)).isEqualTo(200);
    }

    @Test
    void balancers_share_the_reports_and_each_reads_them_by_its_own_settings() {
        Member other = member();
        WeightConfig hasty = config(Duration.ofSeconds(2), Duration.ofSeconds(5), 0, "mem");
        for (int second = 0; second < 4; second++) {
            report(LoadReport.of(100, 0.5).withErrors(10).withUtilization("mem", 0.25));
            other.reportedWeight(hasty, clock.nanoTime());
            read();
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(other.reportedWeight(hasty, clock.nanoTime())).isEqualTo(400);
        assertThat(read()).as("its blackout takes longer").isNaN();
        clock.advance(Duration.ofSeconds(4));
        assertThat(other.reportedWeight(hasty, clock.nanoTime())).as("expired").isNaN();
        clock.advance(Duration.ofSeconds(3));
        assertThat(read()).isCloseTo(166.67, within(0.01));
    }

    @Test
    void of_several_reports_the_last_counts_and_after_completion_none() {
        assertThat(afterReportsFor(12)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        Lease lease = member.begin();
        lease.report(LoadReport.of(100, 0.9));
        lease.report(LoadReport.of(100, 0.25));
        lease.complete(Outcome.SUCCESS);
        assertThat(read()).isEqualTo(400);
        clock.advance(Duration.ofSeconds(1));
        lease.report(LoadReport.of(100, 0.9));
        assertThat(read()).isEqualTo(400);
    }

    @Test
    void the_picker_in_use_hears_reports_until_the_endpoint_leaves() {
        List<String> heard = new ArrayList<>();
        Lease lease = member.begin();
        lease.report(LoadReport.of(1, 1));
        member.setHearing(new Picker() {
            @Override
            public Choice choose(PickContext context) {
                return member;
            }

            @Override
            public void reported(EndpointView endpoint, LoadReport report) {
                heard.add(endpoint.endpoint().address() + " " + report.requestsPerSecond());
            }
        });
        lease.report(LoadReport.of(2, 1));
        member.leave();
        lease.report(LoadReport.of(3, 1));
        assertThat(heard).containsExactly("10.0.0.0:8080 2.0");
    }

    @Test
    void who_never_reports_pays_nothing_and_a_report_costs_one_small_object() {
        double plain = Allocation.bytesPerRun(() -> member.begin().complete(Outcome.SUCCESS), 200_000);
        assertThat(plain).as("the lease").isLessThanOrEqualTo(32 + Allocation.NOTHING);
        LoadReport report = LoadReport.of(100, 0.5);
        double reporting = Allocation.bytesPerRun(
                () -> {
                    Lease lease = member.begin();
                    lease.report(report);
                    lease.complete(Outcome.SUCCESS);
                },
                200_000);
        assertThat(reporting - plain).isLessThanOrEqualTo(24 + Allocation.NOTHING);
    }

    @Test
    void of_reports_that_come_at_once_one_is_believed_and_never_a_mixture() throws Exception {
        WeightConfig atOnce = config(Duration.ZERO, Duration.ofSeconds(2), 1);
        Together.run(6, thread -> {
            for (int i = 0; i < 20_000; i++) {
                if (thread == 0) {
                    assertThat(member.reportedWeight(atOnce, clock.nanoTime())).isIn(Double.NaN, 200.0, 400.0);
                } else {
                    report(LoadReport.of(100, thread % 2 == 0 ? 0.5 : 0.25));
                }
            }
        });
        clock.advance(Duration.ofMillis(1));
        report(LoadReport.of(100, 0.5));
        assertThat(member.reportedWeight(atOnce, clock.nanoTime())).isEqualTo(200);
    }
}
