package io.inmesh.balancer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each outcome says about latency: the table of section 2. */
class OutcomeLatencyTest {
    private static final double MILLI = 1_000_000;

    private final FakeClock clock = new FakeClock();
    private final List<Long> told = new ArrayList<>();
    private final Member member = new Member(
            TestEndpoints.TARGET, TestEndpoints.endpoint(0), new EndpointStates(), clock, new BalancerObserver() {
                @Override
                public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                    told.add(latencyNanos);
                }
            });

    OutcomeLatencyTest() {
        member.setTimed(true);
    }

    private void request(long millis, Outcome outcome) {
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(millis));
        lease.complete(outcome);
    }

    static List<Arguments> unknownBefore() {
        return List.of(
                arguments(Outcome.SUCCESS, 20, 20.0),
                arguments(Outcome.CLIENT_ERROR, 20, 20.0),
                arguments(Outcome.failure(Origin.EXTERNAL, Delivery.SENT), 1, 5_000.0),
                arguments(Outcome.failure(Origin.GATEWAY, Delivery.SENT), 1, 5_000.0),
                arguments(Outcome.failure(Origin.LOCAL, Delivery.SENT), 1, 5_000.0),
                arguments(Outcome.failure(Origin.EXTERNAL, Delivery.SENT), 9_000, 9_000.0),
                // Nothing was sent: the penalty, and no sample however long the connect took.
                arguments(Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT), 1, 5_000.0),
                arguments(Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT), 9_000, 5_000.0),
                arguments(Outcome.failure(Origin.LOCAL, Delivery.NOT_PROCESSED), 7_000, 7_000.0),
                arguments(Outcome.TIMEOUT, 30, 5_000.0),
                arguments(Outcome.TIMEOUT, 9_000, 9_000.0),
                arguments(Outcome.OVERLOADED, 1, 5_000.0),
                arguments(new Outcome.Overloaded(Duration.ofSeconds(60)), 1, 60_000.0),
                arguments(new Outcome.Overloaded(Duration.ofSeconds(1)), 1, 5_000.0),
                arguments(new Outcome.Overloaded(Duration.ofSeconds(-1)), 1, 5_000.0),
                arguments(new Outcome.Overloaded(Duration.ofSeconds(301)), 1, 300_000.0),
                arguments(new Outcome.Overloaded(Duration.ofSeconds(Long.MAX_VALUE)), 1, 300_000.0));
    }

    @ParameterizedTest
    @MethodSource("unknownBefore")
    void a_first_request_that_ends_so_leaves_this_estimate(Outcome outcome, long millis, double expectedMillis) {
        request(millis, outcome);
        // Kept as a float: seven digits.
        assertThat(member.latencyNanos() / MILLI).isCloseTo(expectedMillis, withinPercentage(1e-5));
    }

    static List<Arguments> tenSecondsBefore() {
        return List.of(
                // May raise, never lower: what is known already is worse than the penalty.
                arguments(Outcome.failure(Origin.EXTERNAL, Delivery.SENT)),
                arguments(Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT)),
                arguments(Outcome.TIMEOUT),
                arguments(Outcome.OVERLOADED),
                arguments(Outcome.CANCELLED));
    }

    @ParameterizedTest
    @MethodSource("tenSecondsBefore")
    void an_end_without_an_answer_never_lowers_the_estimate(Outcome outcome) {
        request(10_000, Outcome.SUCCESS);
        request(0, outcome);
        assertThat(member.latencyNanos() / MILLI).isEqualTo(10_000.0);
    }

    @Test
    void a_caller_who_gives_up_says_nothing_of_an_endpoint_that_nothing_is_known_of() {
        request(1, Outcome.CANCELLED);
        assertThat(member.latencyNanos()).isNaN();
    }

    @Test
    void a_cancelled_request_is_a_lower_bound() {
        request(20, Outcome.SUCCESS);
        request(3_000, Outcome.CANCELLED);
        assertThat(member.latencyNanos() / MILLI).isEqualTo(3_000.0);
    }

    @Test
    @DisplayName("TV-EWMA-2")
    void failing_fast_costs_five_seconds() {
        request(100, Outcome.SUCCESS);
        request(1, Outcome.failure(Origin.EXTERNAL, Delivery.SENT));
        assertThat(member.latencyNanos()).isEqualTo(5_000 * MILLI);
    }

    @Test
    void latency_is_measured_up_to_the_answer_and_told_so() {
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(7));
        lease.answered();
        assertThat(member.latencyNanos()).isEqualTo(7 * MILLI);
        clock.advance(Duration.ofMillis(900));
        lease.answered();
        lease.complete(Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isLessThanOrEqualTo(7 * MILLI);
        assertThat(told).containsExactly(7_000_000L);
    }

    private static LatencyTerms terms(String key, String value) {
        return LatencyTerms.USUAL.orOf(
                BalancerConfig.of(Map.of("latency." + key, value)).latency());
    }

    @Test
    @DisplayName("latency.decay: both the estimate's fading and the weight of better answers")
    void a_shorter_decay_forgets_sooner() {
        member.setLatency(terms("decay", "1s"));
        request(100, Outcome.SUCCESS);
        clock.advance(Duration.ofMillis(980));
        request(20, Outcome.SUCCESS);
        assertThat(member.latencyNanos() / MILLI)
                .isCloseTo(100 / Math.E + 20 * (1 - 1 / Math.E), withinPercentage(0.05));
        clock.advance(Duration.ofSeconds(1));
        assertThat(member.latencyNanos() / MILLI)
                .isCloseTo((100 / Math.E + 20 * (1 - 1 / Math.E)) / Math.E, withinPercentage(0.05));
    }

    @Test
    @DisplayName("latency.failure-penalty")
    void a_failure_costs_as_much_as_is_said() {
        member.setLatency(terms("failure-penalty", "60s"));
        request(1, Outcome.failure(Origin.EXTERNAL, Delivery.SENT));
        assertThat(member.latencyNanos()).isCloseTo(60_000 * MILLI, withinPercentage(1e-5));
    }

    @Test
    @DisplayName("latency.point=completion")
    void latency_is_measured_up_to_the_end_where_that_is_asked_for_and_told_to_observers_as_before() {
        member.setLatency(terms("point", "completion"));
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(7));
        lease.answered();
        assertThat(member.latencyNanos()).as("not over").isNaN();
        clock.advance(Duration.ofMillis(900));
        lease.complete(Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isEqualTo(907 * MILLI);
        assertThat(told).containsExactly(7_000_000L);
        request(950, Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isEqualTo(950 * MILLI);
    }

    @Test
    @DisplayName("latency.point=completion: a stream's end is up to what there is to say")
    void of_a_stream_the_end_is_no_latency_either() {
        member.setLatency(terms("point", "completion"));
        stream(20, Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isNaN();
    }

    @Test
    void other_settings_keep_what_is_known_and_balancers_of_a_port_each_go_by_their_own() {
        EndpointStates states = new EndpointStates();
        List<Member> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            both.add(new Member(TestEndpoints.TARGET, TestEndpoints.endpoint(0), states, clock, BalancerObserver.NONE));
            both.get(i).setTimed(true);
        }
        Lease lease = both.get(0).begin();
        clock.advance(Duration.ofMillis(100));
        lease.complete(Outcome.SUCCESS);
        both.get(1).setLatency(terms("decay", "1s"));
        assertThat(both.get(1).latencyNanos()).isEqualTo(100 * MILLI);
        clock.advance(Duration.ofSeconds(1));
        assertThat(both.get(0).latencyNanos()).isCloseTo(90.484 * MILLI, withinPercentage(0.05));
        assertThat(both.get(1).latencyNanos()).isCloseTo(36.788 * MILLI, withinPercentage(0.05));
        both.get(1).setLatency(LatencyTerms.USUAL);
        assertThat(both.get(1).latencyNanos()).isEqualTo(both.get(0).latencyNanos());
    }

    @Test
    void a_failure_behind_the_answer_is_punished_by_its_whole_time() {
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(7));
        lease.answered();
        clock.advance(Duration.ofSeconds(8));
        lease.complete(Outcome.failure(Origin.EXTERNAL, Delivery.SENT));
        assertThat(member.latencyNanos()).isCloseTo(8_007 * MILLI, withinPercentage(1e-5));
        assertThat(told).containsExactly(7_000_000L);
    }

    @Test
    void an_answer_told_after_the_end_changes_nothing() {
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(7));
        lease.complete(Outcome.SUCCESS);
        clock.advance(Duration.ofMillis(50));
        lease.answered();
        assertThat(member.latencyNanos()).isLessThanOrEqualTo(7 * MILLI);
        assertThat(told).containsExactly(7_000_000L);
    }

    @Test
    void an_answer_in_no_time_is_an_answer() {
        Lease lease = member.begin();
        lease.answered();
        clock.advance(Duration.ofMillis(50));
        lease.complete(Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isZero();
        assertThat(told).containsExactly(0L);
    }

    @Test
    void requests_that_are_not_timed_leave_no_estimate_and_tell_minus_one() {
        member.setTimed(false);
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(7));
        lease.answered();
        lease.complete(Outcome.failure(Origin.EXTERNAL, Delivery.SENT));
        assertThat(member.latencyNanos()).isNaN();
        assertThat(told).containsExactly(-1L);
    }

    /** Begins a stream whose first message comes after so long, or never for a negative time, and ends it after an hour. */
    private void stream(long firstMillis, Outcome outcome) {
        Lease lease = member.begin();
        lease.streams();
        if (firstMillis >= 0) {
            clock.advance(Duration.ofMillis(firstMillis));
            lease.answered();
        }
        clock.advance(Duration.ofHours(1));
        lease.complete(outcome);
    }

    @Test
    void of_a_stream_the_first_message_is_told_and_not_how_long_it_lasts() {
        for (Outcome outcome : List.of(Outcome.SUCCESS, Outcome.CLIENT_ERROR, Outcome.CANCELLED)) {
            stream(20, outcome);
            assertThat(member.latencyNanos()).isNaN();
        }
        assertThat(told).containsExactly(20_000_000L, 20_000_000L, 20_000_000L);
    }

    @Test
    @DisplayName("5.14: a watch whose first event comes after four seconds does not make its endpoint look slow")
    void a_first_message_does_not_touch_what_is_known() {
        request(20, Outcome.SUCCESS);
        Lease watch = member.begin();
        watch.streams();
        clock.advance(Duration.ofSeconds(4));
        watch.answered();
        assertThat(member.latencyNanos()).isLessThanOrEqualTo(20 * MILLI);
        watch.complete(Outcome.CANCELLED);
        assertThat(member.latencyNanos()).isLessThanOrEqualTo(20 * MILLI);
        assertThat(told).containsExactly(20_000_000L, 4_000_000_000L);
    }

    @Test
    void a_stream_without_a_message_says_nothing_unless_it_fails() {
        stream(-1, Outcome.SUCCESS);
        stream(-1, Outcome.CANCELLED);
        assertThat(member.latencyNanos()).isNaN();
        stream(-1, Outcome.failure(Origin.EXTERNAL, Delivery.SENT));
        assertThat(member.latencyNanos()).isEqualTo(5_000 * MILLI);
    }

    @Test
    void a_stream_that_fails_after_an_hour_costs_no_more_than_a_failure() {
        stream(20, Outcome.failure(Origin.LOCAL, Delivery.SENT));
        assertThat(member.latencyNanos()).isEqualTo(5_000 * MILLI);
        stream(20, Outcome.TIMEOUT);
        assertThat(member.latencyNanos()).isEqualTo(5_000 * MILLI);
    }

    @Test
    void a_first_message_that_was_waited_for_long_makes_nothing_known() {
        stream(600_000, Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isNaN();
    }

    @Test
    void a_request_that_has_been_answered_is_no_stream_any_more() {
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(7));
        lease.answered();
        lease.streams();
        lease.complete(Outcome.SUCCESS);
        assertThat(told).containsExactly(7_000_000L);
    }

    @Test
    @DisplayName("Section 9: an endpoint that fails in a millisecond looks worst of all")
    void a_black_hole_looks_worse_than_the_slowest_that_answers() {
        request(1, Outcome.failure(Origin.LOCAL, Delivery.SENT));
        Member slow = new Member(
                TestEndpoints.TARGET, TestEndpoints.endpoint(1), new EndpointStates(), clock, BalancerObserver.NONE);
        slow.setTimed(true);
        Lease lease = slow.begin();
        clock.advance(Duration.ofMillis(1_500));
        lease.complete(Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isGreaterThan(slow.latencyNanos());
    }

    @Test
    void a_conversation_is_told_of_without_a_latency_whether_or_not_it_was_answered() {
        Lease answered = member.beginConversation();
        clock.advance(Duration.ofMillis(7));
        answered.answered();
        answered.complete(Outcome.SUCCESS);
        member.beginConversation().complete(Outcome.SUCCESS);
        assertThat(told).containsExactly(-1L, -1L);
        assertThat(member.latencyNanos()).isNaN();
    }

    @Test
    void a_stream_is_told_of_with_the_time_to_its_first_message_which_may_be_none_at_all() {
        for (long millis : new long[] {0, 7}) {
            Lease lease = member.begin();
            lease.streams();
            clock.advance(Duration.ofMillis(millis));
            lease.answered();
            lease.complete(Outcome.SUCCESS);
        }
        Lease silent = member.begin();
        silent.streams();
        silent.complete(Outcome.SUCCESS);
        assertThat(told).containsExactly(0L, 7_000_000L, -1L);
    }
}
