package io.inmesh.balancer.pick.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Power of d choices beyond two, and peak EWMA. */
class LatencyChoicesTest {
    private static final long SEED = 1_314;
    private static final int DRAWS = 200_000;

    private final FakeClock clock = new FakeClock();

    /** An endpoint with a latency as told. */
    private record Timed(int number, int inFlight, double latencyNanos, double weight) implements EndpointView {
        @Override
        public Endpoint endpoint() {
            return TestEndpoints.endpoint(number);
        }

        @Override
        public Lease begin() {
            throw new UnsupportedOperationException("begin: nothing is begun here");
        }
    }

    private Picker picker(PickerFactory policy, List<EndpointView> endpoints) {
        return policy.newPicker(new PickerFactory.Input(endpoints, new SplittableRandom(SEED), clock, null));
    }

    private double[] shares(PickerFactory policy, List<EndpointView> endpoints) {
        Picker picker = picker(policy, endpoints);
        double[] shares = new double[endpoints.size()];
        for (int i = 0; i < DRAWS; i++) {
            shares[TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE))] += 1.0 / DRAWS;
        }
        return shares;
    }

    @Test
    @DisplayName("TV-P2C-2")
    void fewer_than_two_choices_are_refused_and_more_than_ten_are_ten() {
        assertThatThrownBy(() -> new PowerOfTwo(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("power-of-two.choices: 1");
        assertThatThrownBy(() -> new PowerOfTwo().with(Map.of("choices", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("power-of-two.choices: '1' (expected: a whole number from 2");
        assertThat(new PowerOfTwo(11).choices()).isEqualTo(10);
        assertThat(((PowerOfTwo) new PowerOfTwo().with(Map.of("choices", "11"))).choices())
                .isEqualTo(10);
        assertThat(((PowerOfTwo) new PowerOfTwo().with(Map.of("choices", "3"))).choices())
                .isEqualTo(3);
    }

    @Test
    @DisplayName("5.13, C9: of d different draws the least loaded: rank r with probability C(n-r, d-1) / C(n, d)")
    void each_rank_gets_its_share_for_any_number_of_choices() {
        for (int d : new int[] {3, 5, 10}) {
            double[] shares = shares(new PowerOfTwo(d), TestEndpoints.loaded(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
            for (int rank = 1; rank <= 10; rank++) {
                assertThat(shares[rank - 1])
                        .as("seed %d, d %d, rank %d", SEED, d, rank)
                        .isCloseTo(chooses(10 - rank, d - 1) / chooses(10, d), within(0.005));
            }
        }
    }

    private static double chooses(int n, int k) {
        double product = 1;
        for (int i = 0; i < k; i++) {
            product *= (double) (n - i) / (i + 1);
        }
        return product;
    }

    @Test
    void the_lower_product_of_latency_and_requests_wins() {
        // 10 ms with 4 waiting is 50, 30 ms with none is 30.
        List<EndpointView> endpoints = List.of(new Timed(0, 4, 10e6, 1), new Timed(1, 0, 30e6, 1));
        assertThat(shares(new PeakEwmaChoice(), endpoints)[1]).isCloseTo(1, within(1e-9));
        endpoints = List.of(new Timed(0, 1, 10e6, 1), new Timed(1, 0, 30e6, 1));
        assertThat(shares(new PeakEwmaChoice(), endpoints)[0]).isCloseTo(1, within(1e-9));
    }

    @Test
    @DisplayName("5.14: weighted: cost per weight")
    void cost_is_compared_per_weight() {
        List<EndpointView> endpoints = List.of(new Timed(0, 3, 10e6, 5), new Timed(1, 0, 10e6, 1));
        assertThat(shares(new PeakEwmaChoice(), endpoints)[0])
                .as("40 / 5 < 10 / 1")
                .isCloseTo(1, within(1e-9));
    }

    @Test
    @DisplayName("5.14: an unknown endpoint counts as the median of the known, or 30 ms")
    void a_newcomer_is_neither_flooded_nor_shunned() {
        EndpointView newcomer = new Timed(0, 0, Double.NaN, 1);
        List<EndpointView> endpoints =
                List.of(newcomer, new Timed(1, 0, 5e6, 1), new Timed(2, 0, 10e6, 1), new Timed(3, 0, 20e6, 1));
        double[] shares = shares(new PeakEwmaChoice(), endpoints);
        // As 10 ms: loses to 5, wins over 20, and shares ties with 10 by order of the draw.
        assertThat(shares[0]).isCloseTo(1.5 / 6, within(0.01));
        List<EndpointView> unknown = List.of(newcomer, new Timed(1, 1, Double.NaN, 1));
        assertThat(shares(new PeakEwmaChoice(), unknown)[0])
                .as("all unknown: fewest requests")
                .isCloseTo(1, within(1e-9));
        List<EndpointView> one = List.of(newcomer, new Timed(1, 0, 29e6, 1));
        assertThat(shares(new PeakEwmaChoice(), one)[1])
                .as("the one known is the median")
                .isCloseTo(0.5, within(0.01));
    }

    @Test
    void of_endpoints_that_all_are_new_none_stays_unknown_however_quick_the_others_are() {
        List<EndpointView> endpoints = members(3);
        Picker picker = picker(new PeakEwmaChoice(), endpoints);
        for (int request = 0; request < 100; request++) {
            answer(picker, Duration.ofMillis(1));
        }
        assertThat(endpoints).as("seed %d", SEED).noneMatch(each -> Double.isNaN(each.latencyNanos()));
    }

    @Test
    void a_newcomer_that_would_be_slower_than_all_others_now_are_is_asked_after_a_while() {
        List<EndpointView> endpoints = members(3);
        answered(endpoints.get(0), Duration.ofMillis(100));
        answered(endpoints.get(1), Duration.ofMillis(100));
        Picker picker = picker(new PeakEwmaChoice(), endpoints);
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(1));
            answered(endpoints.get(i % 2), Duration.ofMillis(1));
        }
        for (int request = 0; request < 100; request++) {
            answer(picker, Duration.ofMillis(1));
        }
        assertThat(endpoints.get(2).latencyNanos()).as("seed %d", SEED).isNotNaN();
    }

    /** So many endpoints whose latency is read, new ones. */
    private List<EndpointView> members(int count) {
        EndpointStates states = new EndpointStates();
        List<EndpointView> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Member member =
                    new Member(TestEndpoints.TARGET, TestEndpoints.endpoint(i), states, clock, BalancerObserver.NONE);
            member.setTimed(true);
            endpoints.add(member);
        }
        return endpoints;
    }

    /** A request to whoever is chosen. */
    private EndpointView answer(Picker picker, Duration latency) {
        EndpointView chosen = (EndpointView) picker.choose(PickContext.NONE);
        answered(chosen, latency);
        return chosen;
    }

    private void answered(EndpointView endpoint, Duration latency) {
        Lease lease = endpoint.begin();
        clock.advance(latency);
        lease.complete(Outcome.SUCCESS);
    }

    @Test
    @DisplayName("Section 9: an endpoint that fails fast draws no traffic (black hole)")
    void an_endpoint_that_fails_in_a_millisecond_gets_less_than_its_share() {
        List<EndpointView> endpoints = members(5);
        Picker picker = picker(new PeakEwmaChoice(), endpoints);
        int hole = 0;
        for (int request = 0; request < 2_000; request++) {
            EndpointView chosen = (EndpointView) picker.choose(PickContext.NONE);
            Lease lease = chosen.begin();
            if (chosen == endpoints.get(2)) {
                clock.advance(Duration.ofMillis(1));
                lease.complete(Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT));
                hole += request >= 100 ? 1 : 0;
            } else {
                clock.advance(Duration.ofMillis(20));
                lease.complete(Outcome.SUCCESS);
            }
        }
        assertThat(hole).as("of 1900 requests, a fifth would be 380").isLessThan(40);
    }

    @Test
    @DisplayName("Section 9: a slow endpoint is tried again as its estimate fades")
    void an_endpoint_left_for_being_slow_is_tried_again() {
        List<EndpointView> endpoints = members(2);
        Picker picker = picker(new PeakEwmaChoice(), endpoints);
        answered(endpoints.get(0), Duration.ofSeconds(1));
        boolean again = false;
        int picks = 0;
        while (!again && picks < 100_000) {
            again = answer(picker, Duration.ofMillis(20)) == endpoints.get(0);
            picks++;
        }
        // 1 s fades to 20 ms within ln 50 = 3.9 times 10 s, which are 1956 requests of 20 ms.
        assertThat(again).isTrue();
        assertThat(picks).isBetween(1_000, 2_500);
    }

    @Test
    void settings_are_read_and_refused_with_key_and_range() {
        assertThat(new PeakEwmaChoice().with(Map.of("choices", "3", "default-rtt", "5ms")))
                .hasToString("peak-ewma[choices 3, default-rtt PT0.005S]");
        assertThatThrownBy(() -> new PeakEwmaChoice().with(Map.of("default-rtt", "soon")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("peak-ewma.default-rtt: 'soon' (expected: a time above zero");
    }
}
