package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Locality;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.pick.RoundRobin;
import io.inmesh.balancer.pick.WeightedRoundRobin;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.state.Word;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.LowestAddress;
import io.inmesh.balancer.testing.TestEndpoints;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PickerAssemblyTest {

    private final FakeClock clock = new FakeClock();
    private final HeardEvents events = new HeardEvents();
    private final Assembling assembling = new Assembling(Assembling.engine(clock, events));
    private final Engine engine = assembling.engine;
    private final Members<Member> members = assembling.members;

    private Picker assemble(@Nullable Unresolved nothingUsable, Endpoint... endpoints) {
        return assembling.assemble(new RoundRobin(), nothingUsable, endpoints);
    }

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    @Test
    void the_policy_chooses_among_what_the_stages_leave() {
        Picker picker =
                assemble(null, e(1), e(2).withUsability(new Usability.Unusable("not ready")), e(3), e(4).withWeight(0));
        assertThat(assembling.last().rejection()).isNull();
        assertThat(events.take()).containsExactly("picker round-robin 2");
        for (int i = 0; i < 10; i++) {
            assertThat(((EndpointView) picker.choose(PickContext.NONE)).endpoint())
                    .isIn(e(1), e(3));
        }
    }

    @Test
    void where_nothing_is_usable_the_words_of_the_set_are_said() {
        Unresolved words = new Unresolved(Reason.NO_LOCAL_ENDPOINTS, "orders: none on this node");
        Rejection rejection = (Rejection) assemble(words).choose(PickContext.NONE);
        assertThat(rejection)
                .isEqualTo(Rejection.of(words))
                .isEqualTo(assembling.last().rejection());
    }

    @Test
    void an_empty_set_says_what_it_says_of_itself() {
        Rejection rejection = (Rejection) assemble(null).choose(PickContext.NONE);
        assertThat(rejection.reason()).isEqualTo(Reason.NO_ENDPOINTS);
        assertThat(rejection.text()).contains("orders in namespace shop").contains("check that its selector matches");
    }

    @Test
    void all_of_weight_zero_is_all_quiesced_not_equal_weights() {
        Rejection rejection = (Rejection)
                assemble(null, e(1).withWeight(0), e(2).withWeight(0)).choose(PickContext.NONE);
        assertThat(rejection.reason()).isEqualTo(Reason.NO_ENDPOINTS);
        assertThat(rejection.text())
                .contains("orders.shop:http")
                .contains("all quiesced")
                .contains("give one of them a weight above 0");
    }

    @Test
    void one_rejection_serves_every_request_and_each_is_told() {
        Picker picker = assemble(null);
        assertThat(picker.choose(PickContext.NONE)).isSameAs(picker.choose(PickContext.NONE.withKey("k")));
        assertThat(events.take()).containsExactly("rejected NO_ENDPOINTS", "rejected NO_ENDPOINTS");
    }

    @Test
    void turning_a_request_down_allocates_nothing_observed_or_not() {
        Rejection rejection = new Rejection(Reason.NO_ENDPOINTS, "none");
        for (Engine each : List.of(Assembling.engine(clock), Assembling.engine(clock, new BalancerObserver() {}))) {
            SafeObserverTest.tellEverything(each.observer());
            Picker picker = new PickerAssembly(each, TestEndpoints.TARGET).rejecting(rejection);
            assertThat(Allocation.bytesPerRun(() -> picker.choose(PickContext.NONE)))
                    .isLessThan(Allocation.NOTHING);
        }
    }

    @Test
    void an_observed_request_allocates_its_lease_and_nothing_else() {
        Engine observed = Assembling.engine(clock, new BalancerObserver() {}, new BalancerObserver() {
            @Override
            public boolean readsLatency() {
                return true;
            }
        });
        Picker picker = new Assembling(observed).assemble(new RoundRobin(), null, TestEndpoints.endpoints(10));
        // An observer hears all kinds of events; the compiler must not get away with knowing one.
        for (int i = 0; i < 50_000; i++) {
            SafeObserverTest.tellEverything(observed.observer());
        }
        double bytes = Allocation.bytesPerRun(() -> {
            Lease lease = ((EndpointView) picker.choose(PickContext.NONE)).begin();
            lease.complete(Outcome.SUCCESS);
        });
        assertThat(bytes).as("bytes per observed request").isLessThan(32 + Allocation.NOTHING);
    }

    /** Writes down what it is given. */
    private static final class Recording implements PickerFactory {
        private final boolean readsWeights;
        private final boolean knowsUnavailable;
        private final List<Input> inputs = new ArrayList<>();
        private final List<Picker> made = new ArrayList<>();

        private Recording() {
            this(true, false);
        }

        private Recording(boolean readsWeights, boolean knowsUnavailable) {
            this.readsWeights = readsWeights;
            this.knowsUnavailable = knowsUnavailable;
        }

        @Override
        public String name() {
            return "recording";
        }

        @Override
        public boolean readsWeights() {
            return readsWeights;
        }

        @Override
        public boolean knowsUnavailable() {
            return knowsUnavailable;
        }

        @Override
        public Picker newPicker(Input input) {
            inputs.add(input);
            Picker picker = context -> input.endpoints().get(0);
            made.add(picker);
            return picker;
        }
    }

    @Test
    void a_policy_is_handed_its_own_last_picker_and_never_anothers() {
        Recording recording = new Recording();
        members.reconcile(List.of(e(1), e(2)));
        assembling.assemble(members.all(), recording, null);
        members.reconcile(List.of(e(1)));
        assembling.assemble(members.all(), recording, null);
        assembling.assemble(members.all(), new RoundRobin(), null);
        assembling.assemble(members.all(), recording, null);
        assertThat(recording.inputs.get(0).previous()).isNull();
        assertThat(recording.inputs.get(1).previous()).isSameAs(recording.made.get(0));
        assertThat(recording.inputs.get(2).previous()).isNull();
        assertThat(recording.inputs.get(0).clock()).isSameAs(clock);
        assertThat(recording.inputs.get(0).random()).isSameAs(engine.random());
    }

    /** A policy whose pickers write down whose reports they hear. */
    private record Hearing(List<Endpoint> heard) implements PickerFactory {
        @Override
        public String name() {
            return "hearing";
        }

        @Override
        public boolean readsReports() {
            return true;
        }

        @Override
        public Picker newPicker(Input input) {
            return new Picker() {
                @Override
                public Choice choose(PickContext context) {
                    return input.endpoints().get(0);
                }

                @Override
                public void reported(EndpointView endpoint, LoadReport report) {
                    heard.add(endpoint.endpoint());
                }
            };
        }
    }

    @Test
    void who_was_out_when_the_policy_changed_tells_no_picker_of_before_of_his_load() {
        Hearing policy = new Hearing(new ArrayList<>());
        members.reconcile(List.of(e(1), e(2)));
        assembling.assemble(members.all(), policy, null);
        Member out = members.all().get(1);
        out.reported(LoadReport.of(1, 1));
        assertThat(policy.heard).containsExactly(e(2));

        out.judge(Word.out("test", Duration.ZERO));
        assembling.assemble(members.all(), new RoundRobin(), null);
        members.all().forEach(each -> each.reported(LoadReport.of(2, 1)));
        assertThat(policy.heard).containsExactly(e(2));
    }

    @Test
    void where_nothing_has_changed_the_picker_stays_and_nobody_is_told() {
        Recording recording = new Recording();
        members.reconcile(List.of(e(1), e(2).withWeight(3)));
        Picker first = assembling.assemble(members.all(), recording, null);
        events.take();
        members.reconcile(List.of(e(1), e(2).withWeight(3)));
        assertThat(assembling.assemble(members.all(), recording, null)).isSameAs(first);
        assertThat(recording.inputs).hasSize(1);
        assertThat(events.take()).isEmpty();
    }

    @Test
    void whatever_a_picker_may_go_by_makes_another_one() {
        Recording recording = new Recording();
        List<Picker> made = new ArrayList<>();
        for (Endpoint changed : List.of(
                e(2),
                e(2).withWeight(3),
                e(2).withWeight(3).withHostname("orders-2"),
                e(2).withId("uid-2:8080"),
                e(2))) {
            members.reconcile(List.of(e(1), changed));
            made.add(assembling.assemble(members.all(), recording, null));
            assertThat(events.take()).containsExactly("picker recording 2");
        }
        made.add(assembling.assemble(members.all(), new Recording(), null));
        assertThat(made).doesNotHaveDuplicates();
    }

    @Test
    void after_a_rejection_the_picker_is_told_again() {
        members.reconcile(List.of(e(1)));
        assembling.assemble(members.all(), new RoundRobin(), null);
        members.reconcile(List.of(e(1).withWeight(0)));
        assembling.assemble(members.all(), new RoundRobin(), null);
        events.take();
        members.reconcile(List.of(e(1)));
        assembling.assemble(members.all(), new RoundRobin(), null);
        assertThat(events.take()).containsExactly("picker round-robin 1");
    }

    @Test
    void a_policy_under_other_settings_goes_on_from_where_it_was() {
        members.reconcile(List.of(e(1), e(2), e(3)));
        PickerFactory plain = new WeightedRoundRobin();
        Picker before = assembling.assemble(members.all(), plain, null);
        Picker after = assembling.assemble(members.all(), plain.with(Map.of("sequence", "smooth")), null);
        assertThat(after.choose(PickContext.NONE)).isNotSameAs(before.choose(PickContext.NONE));
    }

    @Test
    void a_sequence_survives_while_its_endpoints_cannot_be_picked_and_ends_when_they_have_left() {
        assertThat(afterMeanwhile(List.of(e(1).withWeight(0)))).isTrue();
        assertThat(afterMeanwhile(List.of())).isFalse();
    }

    /** Whether the picker from before nobody could be picked goes on, or is handed to its successor. */
    private boolean afterMeanwhile(List<Endpoint> meanwhile) {
        Recording recording = new Recording();
        for (List<Endpoint> endpoints : List.of(List.of(e(1)), meanwhile, List.of(e(1)))) {
            members.reconcile(endpoints);
            assembling.assemble(members.all(), recording, null);
        }
        return recording.inputs.size() == 1 || recording.inputs.get(1).previous() == recording.made.get(0);
    }

    @Test
    @DisplayName("leavers are let go: when a set becomes empty, and when of several groups one is left")
    void nothing_holds_those_who_have_left() throws InterruptedException {
        members.reconcile(List.of(e(1), e(2)));
        assembling.assemble(members.all(), new RoundRobin(), null);
        List<WeakReference<Member>> gone =
                members.all().stream().map(WeakReference::new).toList();
        members.reconcile(List.of());
        assembling.assemble(members.all(), new RoundRobin(), null);
        assertCollected(gone);

        Endpoint near = e(1).withLocality(new Locality("n1", "a"));
        Endpoint far = e(2).withLocality(new Locality("n2", "b"));
        assembleByZones(List.of(near, far));
        gone = members.all().stream()
                .filter(member -> member.endpoint().equals(far))
                .map(WeakReference::new)
                .toList();
        assembleByZones(List.of(near));
        assertThat(gone).hasSize(1);
        assertCollected(gone);
    }

    private static final PickerFactory BY_ZONES = new RoundRobin();

    private void assembleByZones(List<Endpoint> endpoints) {
        members.reconcile(endpoints);
        EndpointSet set = new EndpointSet(ServiceFacts.of(Assembling.KEY), 1, endpoints, null, false, null);
        BalancerConfig config = BalancerConfig.of(Map.of("locality.mode", "weighted", "locality.weights", "a=1,b=1"));
        Rejection rejection = assembling
                .assembly
                .assemble(members.all(), set, new Balancing(config, BY_ZONES))
                .rejection();
        assertThat(rejection).isNull();
    }

    private static void assertCollected(List<WeakReference<Member>> references) throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        for (int round = 0; round < 50 && references.stream().anyMatch(each -> each.get() != null); round++) {
            PhantomReference<Object> probe = new PhantomReference<>(new Object(), collected);
            System.gc();
            assertThat(collected.remove(10_000)).as("a collection").isSameAs(probe);
        }
        assertThat(references).allMatch(each -> each.get() == null);
    }

    @Test
    void requests_are_timed_only_where_somebody_reads_the_time() {
        members.reconcile(List.of(e(1)));
        Member member = members.all().iterator().next();

        assembling.assemble(members.all(), new RoundRobin(), null);
        request(member);
        assertThat(member.latencyNanos()).as("nobody reads it").isNaN();

        assembling.assemble(members.all(), new LowestAddress(), null);
        request(member);
        assertThat(member.latencyNanos()).as("the policy reads it").isEqualTo(20e6);
        assertThat(events.take()).contains("completed 10.0.0.1:8080 Success[] 20000000");

        assembling.assemble(members.all(), new RoundRobin(), null);
        events.take();
        request(member);
        assertThat(events.take()).containsExactly("completed 10.0.0.1:8080 Success[] -1");
    }

    @Test
    void other_settings_of_latency_hold_at_once_and_keep_what_is_known() {
        members.reconcile(List.of(e(1)));
        Member member = members.all().iterator().next();
        assembleByLatency("10s", "first-byte");
        request(member);
        clock.advance(Duration.ofSeconds(1));
        assembleByLatency("1s", "completion");
        assertThat(member.latencyNanos()).isCloseTo(20e6 / Math.E, withinPercentage(0.1));
        Lease lease = member.begin();
        lease.answered();
        clock.advance(Duration.ofMillis(30));
        lease.complete(Outcome.SUCCESS);
        assertThat(member.latencyNanos()).isEqualTo(30e6);
    }

    private void assembleByLatency(String decay, String point) {
        EndpointSet set = EndpointSet.of(
                ServiceFacts.of(Assembling.KEY),
                1,
                members.all().stream().map(Member::endpoint).toList());
        BalancerConfig config = BalancerConfig.of(Map.of("latency.decay", decay, "latency.point", point));
        assembling.assembly.assemble(members.all(), set, new Balancing(config, new LowestAddress()));
    }

    @Test
    void an_observer_that_reads_the_time_gets_it_whatever_the_policy() {
        List<Long> heard = new ArrayList<>();
        Engine observed = Assembling.engine(clock, new BalancerObserver() {
            @Override
            public boolean readsLatency() {
                return true;
            }

            @Override
            public void completed(io.inmesh.api.Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                heard.add(latencyNanos);
            }
        });
        Assembling own = new Assembling(observed);
        own.assemble(new RoundRobin(), null, e(1));
        request(own.members.all().iterator().next());
        assertThat(heard).containsExactly(20_000_000L);
    }

    private void request(Member member) {
        Lease lease = member.begin();
        clock.advance(Duration.ofMillis(20));
        lease.complete(Outcome.SUCCESS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void weights_that_grow_make_pickers_only_for_policies_that_read_them(boolean reads) {
        Recording policy = new Recording(reads, false);
        Balancing balancing = new Balancing(BalancerConfig.of(Map.of("slow-start.window", "30s")), policy);
        members.reconcile(List.of(e(1), e(2), e(3)));
        clock.advance(Duration.ofMinutes(1));
        members.reconcile(List.of(e(1), e(2), e(3), e(4)));
        for (int second = 0; second < 40; second++) {
            EndpointSet set = EndpointSet.of(
                    ServiceFacts.of(Assembling.KEY),
                    1,
                    members.all().stream().map(Member::endpoint).toList());
            assembling.assembly.assemble(members.all(), set, balancing);
            clock.advance(Duration.ofSeconds(1));
        }
        if (reads) {
            assertThat(policy.inputs).hasSizeGreaterThan(20);
        } else {
            assertThat(policy.inputs).hasSize(1);
            assertThat(events.take()).containsExactly("picker recording 4");
        }
    }

    @Test
    void those_that_health_keeps_out_are_known_to_policies_that_ask() {
        for (boolean asks : new boolean[] {true, false}) {
            Recording policy = new Recording(true, asks);
            members.reconcile(List.of(e(1), e(2).withWeight(3), e(3).withWeight(0), e(4)));
            members.all().forEach(member -> member.judge(Word.HEALTHY));
            assembling.assemble(members.all(), policy, null);
            members.all().get(1).judge(Word.out("test", Duration.ZERO));
            assembling.assemble(members.all(), policy, null);
            assertThat(policy.inputs).hasSize(2);
            assertThat(policy.inputs.get(0).unavailable()).isEmpty();
            assertThat(policy.inputs.get(1).endpoints())
                    .containsExactly(members.all().get(0), members.all().get(3));
            if (asks) {
                assertThat(policy.inputs.get(1).unavailable())
                        .containsExactly(members.all().get(1));
            } else {
                assertThat(policy.inputs.get(1).unavailable()).isEmpty();
            }
        }
    }
}
