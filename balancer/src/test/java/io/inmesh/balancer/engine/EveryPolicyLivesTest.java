package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.state.Word;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every policy while health, weights and sets change. */
@ParameterizedClass
@MethodSource("cases")
class EveryPolicyLivesTest {
    private static final long SEED = 12;

    private final EveryPolicy.Case tested;
    private final FakeClock clock = new FakeClock();

    EveryPolicyLivesTest(EveryPolicy.Case tested) {
        this.tested = tested;
    }

    static List<EveryPolicy.Case> cases() {
        return EveryPolicy.cases();
    }

    private Assembling assembling(long seed) {
        return new Assembling(
                Assembling.engine(clock, new StripedRandom(1, new SplittableRandom(seed)), Map.of(), Settings.NONE));
    }

    private Picker assemble(Assembling assembling, List<Endpoint> endpoints, Map<String, String> settings) {
        EndpointSet set = EndpointSet.of(ServiceFacts.of(Assembling.KEY), 1, endpoints);
        assembling.members.reconcile(set.endpoints());
        Balancing balancing = new Balancing(BalancerConfig.of(settings), tested.policy());
        return assembling
                .assembly
                .assemble(assembling.members.all(), set, balancing)
                .picker();
    }

    private static List<Endpoint> first(int n) {
        return List.of(TestEndpoints.endpoints(n));
    }

    private static PickContext context(int request) {
        return request % 2 == 0 ? PickContext.NONE : PickContext.NONE.withKey("key-" + request);
    }

    private Set<Member> reached(Picker picker) {
        Set<Member> reached = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Choice choice = picker.choose(context(i));
            if (choice instanceof Member member) {
                reached.add(member);
            } else {
                assertThat(tested.mayReject()).as("%s", choice).isTrue();
            }
        }
        return reached;
    }

    @Test
    @DisplayName("C5, 5.19: all ejected is panic, and where that is off an answer of its own")
    void all_ejected() {
        Assembling assembling = assembling(SEED);
        assemble(assembling, first(5), Map.of());
        assembling.members.all().forEach(member -> member.judge(Word.out("test", Duration.ZERO)));
        assertThat(assemble(assembling, first(5), Map.of()).choose(PickContext.NONE))
                .isInstanceOf(EndpointView.class);
        Choice none = assemble(assembling, first(5), Map.of("priority.panic-threshold", "0"))
                .choose(PickContext.NONE);
        assertThat(((Rejection) none).reason()).isEqualTo(Reason.ALL_EJECTED);
        Member back = assembling.members.all().get(3);
        back.judge(Word.HEALTHY);
        Picker one = assemble(assembling, first(5), Map.of("priority.panic-threshold", "0"));
        assertThat(reached(one)).isSubsetOf(back).hasSizeBetween(tested.keepsToOwner() ? 0 : 1, 1);
    }

    @Test
    @DisplayName("C3, C4: weights change; who becomes quiesced gets nothing, and all keep their counters and estimates")
    void weights_change() {
        Assembling assembling = assembling(SEED);
        assemble(assembling, first(4), Map.of());
        List<Member> members = List.copyOf(assembling.members.all());
        List<Lease> running = new ArrayList<>();
        for (Member member : members) {
            member.setTimed(true);
            running.add(member.begin());
            Lease ended = member.begin();
            clock.advance(Duration.ofMillis(20));
            ended.complete(Outcome.SUCCESS);
        }
        for (int round = 0; round < 20; round++) {
            int quiesced = round % 4;
            int weight = 1 + round;
            List<Endpoint> changed = IntStream.range(0, 4)
                    .mapToObj(i -> TestEndpoints.endpoint(i).withWeight(i == quiesced ? 0 : i + weight))
                    .toList();
            Picker picker = assemble(assembling, changed, Map.of());
            assertThat(reached(picker)).doesNotContain(members.get(quiesced));
        }
        assertThat(assembling.members.all()).containsExactlyElementsOf(members);
        assertThat(members).allSatisfy(member -> {
            assertThat(member.inFlight()).isEqualTo(1);
            assertThat(member.latencyNanos()).isBetween(15e6, 21e6);
        });
        running.forEach(Lease::close);
    }

    @Test
    @DisplayName("C2: the order in which endpoints are heard of does not matter")
    void order_of_arrival() {
        List<Endpoint> shuffled = new ArrayList<>(first(20));
        Collections.shuffle(shuffled, new Random(SEED));
        Picker one = assemble(assembling(SEED), first(20), Map.of());
        Picker other = assemble(assembling(SEED), shuffled, Map.of());
        for (int i = 0; i < 500; i++) {
            Choice choice = one.choose(context(i));
            assertThat(((EndpointView) other.choose(context(i))).endpoint())
                    .isEqualTo(((EndpointView) choice).endpoint());
        }
    }

    @Test
    @DisplayName("C7, C10: idle clients that were started together do not all choose the same endpoint first")
    void first_choices() {
        assumeTrue(tested.spreads(), "sends everything to one");
        Set<Endpoint> chosen = new HashSet<>();
        for (int client = 0; client < 60; client++) {
            Picker picker = assemble(assembling(SEED + client), first(30), Map.of());
            chosen.add(((EndpointView) picker.choose(PickContext.NONE)).endpoint());
        }
        assertThat(chosen).hasSizeGreaterThan(10);
    }

    @Test
    @DisplayName("Section 9: ten thousand replaced endpoints leave nothing behind")
    void replaced_endpoints() throws InterruptedException {
        Assembling assembling = assembling(SEED);
        List<WeakReference<Member>> gone = new ArrayList<>();
        for (int round = 0; round < 100; round++) {
            int begin = 100 * round;
            List<Endpoint> fresh = IntStream.range(begin, begin + 100)
                    .mapToObj(TestEndpoints::endpoint)
                    .toList();
            Picker picker = assemble(assembling, fresh, Map.of());
            for (int i = 0; i < 200; i++) {
                try (Lease lease = ((EndpointView) picker.choose(context(i))).begin()) {
                    clock.advance(Duration.ofMillis(1));
                    lease.complete(i % 3 == 0 ? Outcome.TIMEOUT : Outcome.SUCCESS);
                }
            }
            assembling.members.all().forEach(member -> gone.add(new WeakReference<>(member)));
            assertThat(assembling.states().size()).isEqualTo(100);
        }
        assemble(assembling, first(1), Map.of());
        assertThat(assembling.states().size()).isEqualTo(1);
        for (int i = 0; i < 200 && gone.stream().anyMatch(each -> each.get() != null); i++) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(gone.stream().filter(each -> each.get() != null).count())
                .as("members that something holds")
                .isZero();
        assertThat(clock.timers()).isZero();
    }
}
