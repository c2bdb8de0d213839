package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Prober;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.pick.load.CacheAffinity;
import io.inmesh.balancer.pick.load.LeastConnection;
import io.inmesh.balancer.pick.load.WeightedFailover;
import io.inmesh.balancer.pick.prequal.Prequal;
import io.inmesh.balancer.pick.prequal.PrequalSettings;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Words;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stage 12: how requests get past endpoints without room, which are at their cap or on a trial that has begun. */
class FullEndpointsTest {
    private static final Rejection FULL = new Rejection(Reason.LIMITED, "all are full");
    private static final PickContext K = PickContext.NONE.withKey("customer-42");
    private static final int RUNS = 100_000;
    private static final int CAP = 3;

    static List<EveryPolicy.Case> policies() {
        return EveryPolicy.cases();
    }

    private static List<EndpointView> endpoints(int n) {
        List<EndpointView> endpoints = TestEndpoints.members(n);
        endpoints.forEach(endpoint -> ((Member) endpoint).limit(CAP, true));
        return endpoints;
    }

    private static void fill(EndpointView endpoint) {
        while (endpoint.inFlight() < CAP) {
            endpoint.begin();
        }
    }

    /** Its one trial request runs. */
    private static void tryOut(EndpointView endpoint) {
        Member member = (Member) endpoint;
        member.judge(Words.of(Member.Health.TRIAL));
        member.limit(CAP, true);
        member.begin();
    }

    private static Gate gate(Picker inner, List<EndpointView> endpoints) {
        return new Gate(
                inner, endpoints.toArray(EndpointView[]::new), new EndpointView[0], PolicyContractTest.shared(), FULL);
    }

    private static Gate gate(PickerFactory policy, List<EndpointView> endpoints) {
        return gate(
                policy.newPicker(
                        new PickerFactory.Input(endpoints, PolicyContractTest.shared(), NanoClock.system(), null)),
                endpoints);
    }

    @ParameterizedTest
    @MethodSource("policies")
    @DisplayName("section 7: choosing past full endpoints allocates nothing, nor does finding that all are full")
    void choosing_past_full_ones_allocates_nothing(EveryPolicy.Case tested) {
        List<EndpointView> endpoints = endpoints(6);
        Gate gate = gate(tested.policy(), endpoints);
        tryOut(endpoints.get(0));
        endpoints.subList(1, 5).forEach(FullEndpointsTest::fill);
        for (PickContext context :
                List.of(PickContext.NONE, K, K.withTried(endpoints.get(2).endpoint()))) {
            if (!tested.policy().mayReject()) {
                assertThat(gate.choose(context)).as("%s", context).isSameAs(endpoints.get(5));
            }
            assertThat(Allocation.bytesPerRun(() -> gate.choose(context), RUNS))
                    .as("bytes per choose, %s", context)
                    .isLessThan(Allocation.NOTHING);
        }
        fill(endpoints.get(5));
        for (PickContext context : List.of(PickContext.NONE, K)) {
            assertThat(((Rejection) gate.choose(context)).reason()).isEqualTo(Reason.LIMITED);
            assertThat(Allocation.bytesPerRun(() -> gate.choose(context), RUNS))
                    .as("bytes per rejection, %s", context)
                    .isLessThan(Allocation.NOTHING);
        }
    }

    @Test
    void the_least_loaded_of_the_others_is_chosen_and_not_just_any() {
        for (LeastConnection.Kind kind : LeastConnection.Kind.values()) {
            List<EndpointView> endpoints = endpoints(4);
            Gate gate = gate(new LeastConnection(kind), endpoints);
            tryOut(endpoints.get(0));
            endpoints.get(1).begin();
            endpoints.get(1).begin();
            endpoints.get(2).begin();
            fill(endpoints.get(3));
            for (int i = 0; i < 100; i++) {
                assertThat(gate.choose(PickContext.NONE)).as("%s", kind).isSameAs(endpoints.get(2));
            }
        }
    }

    @Test
    void the_next_in_order_stands_in_for_one_that_is_full() {
        List<EndpointView> endpoints = TestEndpoints.members(1, 5, 9, 3);
        endpoints.forEach(endpoint -> ((Member) endpoint).limit(CAP, true));
        Gate gate = gate(new WeightedFailover(), endpoints);
        for (int next : new int[] {2, 1, 3, 0}) {
            assertThat(gate.choose(PickContext.NONE)).isSameAs(endpoints.get(next));
            fill(endpoints.get(next));
        }
        assertThat(gate.choose(PickContext.NONE)).isSameAs(FULL);
    }

    @Test
    @DisplayName("5.7: a first request whose first choice is full teaches where it went")
    void a_key_is_cached_where_its_request_went() {
        List<EndpointView> endpoints = endpoints(2);
        Gate gate = gate(new CacheAffinity(false), endpoints);
        tryOut(endpoints.get(0));
        endpoints.get(1).begin();
        endpoints.get(1).begin(); // The one on trial has less to do, and no room.
        assertThat(gate.choose(K)).isSameAs(endpoints.get(1));
        ((Member) endpoints.get(0)).judge(Words.of(Member.Health.HEALTHY));
        ((Member) endpoints.get(0)).limit(CAP, true);
        assertThat(gate.choose(K)).as("it stays").isSameAs(endpoints.get(1));
    }

    @Test
    @DisplayName("5.14: past a full endpoint the next best answer is taken, and no second set of probes is paid")
    void prequal_takes_the_next_best_answer() {
        List<EndpointView> endpoints = endpoints(8);
        AtomicInteger probes = new AtomicInteger();
        Prober prober = (endpoint, answers) -> probes.incrementAndGet();
        Picker inner = new Prequal(new PrequalSettings(3, 0, 1, 16, Duration.ofSeconds(1), 0.6), prober)
                .newPicker(new PickerFactory.Input(endpoints, new SplittableRandom(1), new FakeClock(), null));
        Gate gate = gate(inner, endpoints);
        Prober.Answers answers = (Prober.Answers) inner;
        answers.answered(endpoints.get(2), 0, 1e6);
        answers.answered(endpoints.get(3), 0, 2e6);
        answers.answered(endpoints.get(4), 0, 3e6);
        fill(endpoints.get(2));
        Choice chosen = gate.choose(PickContext.NONE);
        assertThat(chosen).isSameAs(endpoints.get(3));
        assertThat(probes).hasValue(3);
    }
}
