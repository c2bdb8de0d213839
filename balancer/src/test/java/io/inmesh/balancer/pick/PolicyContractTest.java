package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every policy must do, whatever it is good at (contracts C1 to C12): one suite, run against all of them. */
@ParameterizedClass
@MethodSource("cases")
class PolicyContractTest {
    /** Of every draw in here. */
    static final long SEED = 20_260_117L;

    /** Of each choice whose allocation is measured; there are many policies. */
    private static final int RUNS = 200_000;

    private static final double[] UNEQUAL = {5, 1, 1, 0.25, 1 << 20, 3};

    private final EveryPolicy.Case tested;

    PolicyContractTest(EveryPolicy.Case tested) {
        this.tested = tested;
    }

    static List<EveryPolicy.Case> cases() {
        return EveryPolicy.cases();
    }

    private PickerFactory policy() {
        return tested.policy();
    }

    private Picker picker(List<EndpointView> endpoints) {
        return picker(endpoints, null);
    }

    private Picker picker(List<EndpointView> endpoints, @Nullable Picker previous) {
        return policy().newPicker(
                        new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), previous));
    }

    /** Chance for many threads, as a mesh has it. */
    static RandomGenerator shared() {
        return new StripedRandom(4, new SplittableRandom(SEED));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 1000})
    @DisplayName("C1, C5: chooses endpoints of its set and nothing else")
    void chooses_endpoints_of_its_set_and_nothing_else(int n) {
        List<EndpointView> endpoints = TestEndpoints.members(n);
        Picker picker = picker(endpoints);
        for (int i = 0; i < 10_000; i++) {
            assertThat(TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE)))
                    .isNotNegative();
        }
    }

    @Test
    void chooses_endpoints_of_its_set_where_weights_differ_by_a_million() {
        List<EndpointView> endpoints = TestEndpoints.members(UNEQUAL);
        Picker picker = picker(endpoints);
        for (int i = 0; i < 10_000; i++) {
            assertThat(TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE.withKey("k" + i))))
                    .isNotNegative();
        }
    }

    @Test
    void every_endpoint_of_equal_weight_and_load_gets_its_turn() {
        assumeTrue(tested.spreads(), "sends everything to one");
        List<EndpointView> endpoints = TestEndpoints.members(10);
        Picker picker = picker(endpoints);
        Set<Choice> chosen = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            chosen.add(picker.choose(PickContext.NONE));
        }
        assertThat(chosen).hasSize(10);
    }

    @Test
    @DisplayName("C6: a lone endpoint is counted like any other")
    void a_lone_endpoint_is_counted_and_timed_like_any_other() {
        FakeClock clock = new FakeClock();
        Member only = new Member(
                TestEndpoints.TARGET,
                TestEndpoints.endpoint(0).withWeight(5),
                new EndpointStates(),
                clock,
                BalancerObserver.NONE);
        only.setTimed(true);
        Picker picker =
                policy().newPicker(new PickerFactory.Input(List.of(only), new SplittableRandom(SEED), clock, null));
        List<Lease> leases = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            Choice choice = picker.choose(PickContext.NONE);
            assertThat(choice).isSameAs(only);
            leases.add(((EndpointView) choice).begin());
            assertThat(only.inFlight()).isEqualTo(i);
        }
        assertThat(only.latencyNanos()).isNaN();
        clock.advance(Duration.ofMillis(20));
        leases.forEach(lease -> lease.complete(Outcome.SUCCESS));
        assertThat(only.inFlight()).isZero();
        assertThat(only.latencyNanos()).isCloseTo(20e6, Percentage.withPercentage(0.1));
    }

    @Test
    @DisplayName("C8: a choice that is never begun counts nothing")
    void a_choice_that_is_never_begun_counts_nothing() {
        List<EndpointView> endpoints = TestEndpoints.members(5);
        Picker picker = picker(endpoints);
        for (int i = 0; i < 1_000; i++) {
            picker.choose(PickContext.NONE);
        }
        assertThat(endpoints).allMatch(endpoint -> endpoint.inFlight() == 0);
    }

    @Test
    @DisplayName("C8: a burst of picks sees itself")
    void each_pick_of_a_burst_is_seen_by_the_next() {
        List<EndpointView> endpoints = TestEndpoints.members(100, 100, 100, 100, 100);
        Picker picker = picker(endpoints);
        int[] begun = new int[5];
        for (int i = 0; i < 500; i++) {
            EndpointView chosen = (EndpointView) picker.choose(PickContext.NONE);
            chosen.begin();
            begun[TestEndpoints.indexOf(endpoints, chosen)]++;
            assertThat(chosen.inFlight()).isEqualTo(begun[TestEndpoints.indexOf(endpoints, chosen)]);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(endpoints.get(i).inFlight()).isEqualTo(begun[i]);
        }
    }

    @Test
    @DisplayName("C11: the same seed and set give the same choices")
    void the_same_seed_and_set_give_the_same_choices() {
        List<EndpointView> endpoints = TestEndpoints.members(17);
        Picker one = picker(endpoints);
        Picker other = picker(endpoints);
        for (int i = 0; i < 1_000; i++) {
            assertThat(other.choose(PickContext.NONE)).isSameAs(one.choose(PickContext.NONE));
        }
    }

    @Test
    @DisplayName("C1: threads may choose at once")
    void threads_choose_begin_and_complete_at_once_and_nothing_is_lost() throws Exception {
        int threads = 8;
        int each = 20_000;
        List<EndpointView> endpoints = TestEndpoints.members(2, 1, 1, 3, 1);
        Picker picker = policy().newPicker(new PickerFactory.Input(endpoints, shared(), NanoClock.system(), null));
        AtomicLongArray counts = new AtomicLongArray(endpoints.size());
        Together.run(threads, thread -> {
            for (int i = 0; i < each; i++) {
                EndpointView chosen = (EndpointView) picker.choose(PickContext.NONE);
                try (Lease lease = chosen.begin()) {
                    counts.incrementAndGet(TestEndpoints.indexOf(endpoints, chosen));
                    lease.complete(Outcome.SUCCESS);
                }
            }
        });
        long total = 0;
        for (int i = 0; i < counts.length(); i++) {
            if (tested.spreadsByWeight()) {
                assertThat(counts.get(i)).as("picks of endpoint %d", i).isPositive();
            }
            total += counts.get(i);
        }
        assertThat(total).isEqualTo((long) threads * each);
        assertThat(endpoints).allMatch(endpoint -> endpoint.inFlight() == 0);
    }

    @Test
    void a_successor_for_another_set_chooses_from_that_set_alone() {
        Picker previous = picker(TestEndpoints.members(64));
        for (double[] weights : new double[][] {{1}, {1, 1, 1}, UNEQUAL, {1, 2}, {1, 1, 1, 1, 1}, {7}}) {
            List<EndpointView> endpoints = TestEndpoints.members(weights);
            Picker successor = picker(endpoints, previous);
            for (int i = 0; i < 200; i++) {
                assertThat(TestEndpoints.indexOf(endpoints, successor.choose(PickContext.NONE)))
                        .isNotNegative();
            }
            previous = successor;
        }
    }

    @Test
    @DisplayName("C12: behind its gate, a repeat goes to an endpoint not tried, and to any once all are tried")
    void behind_its_gate_a_repeat_goes_elsewhere_until_all_are_tried() {
        assumeFalse(tested.keepsToOwner(), "a key has one endpoint");
        for (double[] weights : new double[][] {{1, 1, 1, 1, 1, 1}, UNEQUAL}) {
            List<EndpointView> endpoints = TestEndpoints.members(weights);
            Picker gate =
                    new Gate(picker(endpoints), endpoints.toArray(EndpointView[]::new), new SplittableRandom(SEED));
            PickContext context = PickContext.NONE;
            Set<Endpoint> tried = new HashSet<>();
            for (int i = 0; i < weights.length; i++) {
                Endpoint endpoint = ((EndpointView) gate.choose(context)).endpoint();
                assertThat(tried.add(endpoint))
                        .as("%s is tried again", endpoint)
                        .isTrue();
                context = context.withTried(endpoint);
            }
            assertThat(TestEndpoints.indexOf(endpoints, gate.choose(context))).isNotNegative();
        }
    }

    @Test
    @DisplayName("C12: once all are tried, and on a lone endpoint, the exclusion is ignored")
    void a_repeat_with_nothing_left_is_still_placed() {
        for (int n : new int[] {1, 2, 5}) {
            List<EndpointView> endpoints = TestEndpoints.members(n);
            Picker picker = picker(endpoints);
            PickContext all = PickContext.NONE.withKey("k");
            for (EndpointView endpoint : endpoints) {
                all = all.withTried(endpoint.endpoint());
            }
            for (int i = 0; i < 100; i++) {
                assertThat(TestEndpoints.indexOf(endpoints, picker.choose(all))).isNotNegative();
            }
        }
    }

    @Test
    void each_says_what_it_is() {
        assertThat(policy().name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
        assertThat(policy().settings()).allSatisfy(key -> assertThat(key).matches("[a-z0-9]+(-[a-z0-9]+)*"));
        assertThat(policy().with(Map.of()).name()).isEqualTo(policy().name());
    }

    @Test
    @DisplayName("Section 7: choosing allocates nothing")
    void choosing_allocates_nothing() {
        for (double[] weights : new double[][] {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, UNEQUAL}) {
            List<EndpointView> endpoints = TestEndpoints.members(weights);
            Picker picker = new Gate(
                    policy().newPicker(new PickerFactory.Input(endpoints, shared(), NanoClock.system(), null)),
                    endpoints.toArray(EndpointView[]::new),
                    shared());
            // A plain key, and one that is longer than the hash takes in at once and no plain ASCII.
            for (PickContext context : List.of(
                    PickContext.NONE,
                    PickContext.NONE.withKey("customer-42"),
                    PickContext.NONE
                            .withKey("customer-42")
                            .withTried(endpoints.get(0).endpoint()),
                    PickContext.NONE.withKey("Kundin Nr. 42 aus K\u00f6ln, \u2116 7, \ud83d\ude00 und noch etwas"))) {
                double bytes = Allocation.bytesPerRun(() -> picker.choose(context), RUNS);
                assertThat(bytes).as("bytes per choose, %s", context).isLessThan(Allocation.NOTHING);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("Section 7: a request allocates its lease, 32 bytes, and nothing else")
    void a_request_allocates_its_lease_and_nothing_else(boolean timed) {
        List<EndpointView> endpoints = TestEndpoints.members(10);
        endpoints.forEach(endpoint -> ((Member) endpoint).setTimed(timed));
        Picker picker = policy().newPicker(new PickerFactory.Input(endpoints, shared(), NanoClock.system(), null));
        double bytes = Allocation.bytesPerRun(
                () -> {
                    Lease lease = ((EndpointView) picker.choose(PickContext.NONE)).begin();
                    lease.answered();
                    lease.complete(Outcome.SUCCESS);
                },
                RUNS);
        System.out.printf("%s, timed %s: %.2f bytes per request%n", tested, timed, bytes);
        assertThat(bytes).as("bytes per request").isLessThan(32 + Allocation.NOTHING);
    }
}
