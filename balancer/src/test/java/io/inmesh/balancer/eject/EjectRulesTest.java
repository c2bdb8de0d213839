package io.inmesh.balancer.eject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.balancer.config.EjectRates;
import io.inmesh.balancer.config.EjectReturn;
import io.inmesh.balancer.config.EjectRows;
import io.inmesh.balancer.state.FailureWatch;
import io.inmesh.balancer.state.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules as maths. */
class EjectRulesTest {
    private static final EjectRates RATES = EjectRates.DEFAULT;

    private static EjectRates rates(int minGap, int minHosts) {
        return new EjectRates(1900, minGap, minHosts, 100, 85, 50);
    }

    /** So many endpoints of 100 requests that all went well, and one of which so many failed. */
    private static List<Calls> perfectBut(int failures, int others) {
        List<Calls> calls = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            calls.add(new Calls(100, 0));
        }
        calls.add(new Calls(100 - failures, failures));
        return calls;
    }

    private static List<Integer> places(List<Finding> findings) {
        return findings.stream().map(Finding::index).toList();
    }

    @Test
    @DisplayName("TV-OD-1: nine at 100 %, one at 50 %: below .665")
    void one_in_ten_fails_half() {
        SuccessRate rule = new SuccessRate(RATES);
        assertThat(rule.limit(.95, .15)).isCloseTo(.665, within(1e-9));
        assertThat(places(rule.findings(perfectBut(50, 9)))).containsExactly(9);
    }

    @ParameterizedTest
    @CsvSource({"3, -.0727, false", "4, .04, true"})
    @DisplayName("TV-OD-2: all others perfect and one dead: of four never, of five ejected")
    void one_is_dead(int others, double limit, boolean ejected) {
        SuccessRate rule = new SuccessRate(rates(5, 2));
        double mean = others / (others + 1.0);
        assertThat(rule.limit(mean, Math.sqrt(mean * (1 - mean)))).isCloseTo(limit, within(1e-4));
        assertThat(rule.findings(perfectBut(100, others))).hasSize(ejected ? 1 : 0);
    }

    @Test
    @DisplayName("TV-OD-3: nine at 100 %, one at 99 %: ejected as gRPC has it, kept with a gap of 5 points")
    void a_single_failure() {
        SuccessRate exact = new SuccessRate(rates(0, 5));
        assertThat(exact.limit(.999, .003)).isCloseTo(.9933, within(1e-9));
        assertThat(places(exact.findings(perfectBut(1, 9)))).containsExactly(9);
        assertThat(new SuccessRate(rates(5, 5)).findings(perfectBut(1, 9))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({".99, 100, .0796", ".99, 10000, .05", ".95, 100, .1744", "1, 100, .05"})
    @DisplayName("the gap is five points, or eight standard errors of the mean at the endpoint's volume")
    void the_gap(double mean, int volume, double gap) {
        assertThat(new SuccessRate(RATES).gap(mean, volume)).isCloseTo(gap, within(1e-4));
        assertThat(new SuccessRate(rates(0, 5)).gap(mean, volume)).isZero();
    }

    @Test
    void rates_are_compared_among_enough_endpoints_of_enough_requests() {
        SuccessRate rule = new SuccessRate(RATES);
        List<Calls> few = perfectBut(50, 9);
        few.replaceAll(each -> each.failures() == 0 ? new Calls(99, 0) : each);
        assertThat(rule.findings(few)).as("one of 100 requests").isEmpty();
        few.replaceAll(each -> each.failures() == 0 ? new Calls(100, 0) : each);
        few.set(9, new Calls(50, 49));
        assertThat(rule.findings(few)).as("the one has 99").isEmpty();
        assertThat(rule.findings(List.of())).isEmpty();
        assertThat(new SuccessRate(new EjectRates(0, 5, 5, 100, 85, 50)).findings(perfectBut(50, 9)))
                .as("off")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"85, 0", "86, 1"})
    void more_than_the_percentage_is_too_much_and_the_same_is_not(int failures, int found) {
        FailurePercentage rule = new FailurePercentage(RATES);
        List<Finding> findings = rule.findings(perfectBut(failures, 4));
        assertThat(findings).hasSize(found);
        assertThat(findings).allSatisfy(finding -> assertThat(finding.why())
                .isEqualTo("86.0 % of its 100 requests failed, which is more than 85 %"));
    }

    @Test
    void the_percentage_needs_endpoints_and_requests_too() {
        FailurePercentage rule = new FailurePercentage(RATES);
        assertThat(rule.findings(perfectBut(100, 3))).as("four endpoints").isEmpty();
        List<Calls> few = perfectBut(100, 4);
        few.set(4, new Calls(0, 49));
        assertThat(rule.findings(few)).as("49 requests").isEmpty();
        assertThat(new FailurePercentage(new EjectRates(1900, 5, 5, 100, 0, 50)).findings(perfectBut(100, 9)))
                .as("off")
                .isEmpty();
    }

    @Test
    void what_is_found_says_its_figures() {
        assertThat(new SuccessRate(RATES).findings(perfectBut(50, 9)).get(0).why())
                .isEqualTo(
                        "50.0 % of its 100 requests went well, which is below 66.5 % (mean of 10 endpoints: 95.0 %)");
    }

    @Test
    void rows_are_met_at_each_multiple_and_by_what_is_counted() {
        ConsecutiveErrors usual = new ConsecutiveErrors(EjectRows.DEFAULT);
        assertThat(usual.meets(new FailureWatch.Rows(4, 4, 4, 0))).isNull();
        assertThat(usual.meets(new FailureWatch.Rows(5, 3, 0, 0))).isEqualTo("5 failures in a row");
        assertThat(usual.meets(new FailureWatch.Rows(6, 6, 6, 0))).isNull();
        assertThat(usual.meets(new FailureWatch.Rows(10, 10, 10, 0))).isEqualTo("10 failures in a row");
        ConsecutiveErrors split = new ConsecutiveErrors(new EjectRows(5, 0, true, 2, false));
        assertThat(split.meets(new FailureWatch.Rows(5, 0, 0, 1)))
                .as("local ones are apart")
                .isNull();
        assertThat(split.meets(new FailureWatch.Rows(6, 0, 0, 2))).contains("2 times in a row it did not answer");
        ConsecutiveErrors gateway = new ConsecutiveErrors(new EjectRows(0, 3, false, 5, false));
        assertThat(gateway.meets(new FailureWatch.Rows(5, 5, 0, 0))).isNull();
        assertThat(gateway.meets(new FailureWatch.Rows(5, 5, 3, 0))).contains("3 times in a row it could not serve");
    }

    @Test
    @DisplayName("TV-OD-5: 30, 60, 90 s, up to the longest; healthy sweeps take them back one by one")
    void back_off() {
        Backoff backoff = new Backoff(EjectReturn.DEFAULT);
        assertThat(backoff.remembers()).isFalse();
        for (int seconds : new int[] {30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300}) {
            assertThat(backoff.ejected()).isEqualTo(Duration.ofSeconds(seconds));
        }
        for (int i = 0; i < 10; i++) {
            backoff.swept();
        }
        assertThat(backoff.ejected()).isEqualTo(Duration.ofSeconds(90));
        for (int i = 0; i < 5; i++) {
            backoff.swept();
        }
        assertThat(backoff.remembers()).isFalse();
        assertThat(backoff.ejected()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void local_origin_is_counted_apart_where_it_is_split() {
        Tally tally = new Tally(10, 1, 2, 4, 8);
        assertThat(Calls.all(tally)).isEqualTo(new Calls(10, 15));
        assertThat(Calls.answered(tally)).isEqualTo(new Calls(10, 11));
        assertThat(Calls.reached(tally)).isEqualTo(new Calls(13, 4));
    }
}
