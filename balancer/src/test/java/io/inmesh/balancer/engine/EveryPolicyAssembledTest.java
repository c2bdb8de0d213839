package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Usability;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every policy as a balancer puts it together: behind stages and gate, over sets that change. */
@ParameterizedClass
@MethodSource("cases")
class EveryPolicyAssembledTest {
    private static final long SEED = 12;

    private final EveryPolicy.Case tested;
    private final FakeClock clock = new FakeClock();
    private final Assembling assembling = new Assembling(
            Assembling.engine(clock, new StripedRandom(4, new SplittableRandom(SEED)), Map.of(), Settings.NONE));
    private final Engine engine = assembling.engine;
    private final Members<Member> members = assembling.members;

    /** Written by the one thread that assembles, read by those that pick. */
    private volatile Picker published;

    EveryPolicyAssembledTest(EveryPolicy.Case tested) {
        this.tested = tested;
        this.published = assembling.assembly.rejecting(new Rejection(Reason.NOT_SYNCED, "not yet"));
    }

    static List<EveryPolicy.Case> cases() {
        return EveryPolicy.cases();
    }

    private Picker assemble(List<Endpoint> endpoints) {
        members.reconcile(endpoints);
        return assembling.assemble(members.all(), tested.policy(), null);
    }

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    private static PickContext context(int request) {
        return request % 2 == 0 ? PickContext.NONE : PickContext.NONE.withKey("key-" + request);
    }

    @Test
    @DisplayName("C4, C5: weight 0 and unusable get nothing, whatever becomes of weights")
    void the_quiesced_and_the_unusable_are_never_chosen() {
        for (int weight : new int[] {1, 3, 1 << 20}) {
            Picker picker = assemble(List.of(
                    e(1).withWeight(0),
                    e(2),
                    e(3).withUsability(new Usability.Unusable("draining")),
                    e(4).withWeight(weight)));
            for (int i = 0; i < 500; i++) {
                EndpointView chosen = (EndpointView) picker.choose(context(i));
                assertThat(chosen.endpoint()).isIn(e(2), e(4).withWeight(weight));
                try (Lease lease = chosen.begin()) {
                    lease.complete(Outcome.SUCCESS);
                }
            }
        }
    }

    @Test
    @DisplayName("C4, C5: nobody there and all quiesced are answers, not failures")
    void empty_and_all_quiesced_are_rejections() {
        assertThat(((Rejection) assemble(List.of()).choose(PickContext.NONE)).reason())
                .isEqualTo(Reason.NO_ENDPOINTS);
        Picker picker = assemble(List.of(e(1).withWeight(0), e(2).withWeight(0)));
        assertThat(((Rejection) picker.choose(PickContext.NONE)).text()).contains("all quiesced");
        assertThat(assemble(List.of(e(1))).choose(PickContext.NONE)).isInstanceOf(EndpointView.class);
    }

    @Test
    @DisplayName("C3: the set changes under four picking threads; survivors keep their counters, leavers leave nothing")
    void sets_change_while_threads_pick() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        AtomicInteger running = new AtomicInteger(3);
        published = assemble(List.of(e(0), e(1)));
        Together.run(4, thread -> {
            if (thread == 0) {
                while (running.get() > 0) {
                    List<Endpoint> next = new ArrayList<>(List.of(e(0)));
                    for (int i = 1; i < 12; i++) {
                        if (random.nextBoolean()) {
                            next.add(e(i).withWeight(1 + random.nextInt(4)));
                        }
                    }
                    published = assemble(next);
                }
                return;
            }
            try {
                for (int i = 0; i < 5_000; i++) {
                    Choice choice = published.choose(context(i));
                    try (Lease lease = ((EndpointView) choice).begin()) {
                        lease.complete(Outcome.SUCCESS);
                    }
                }
            } finally {
                running.decrementAndGet();
            }
        });
        assertThat(members.all()).allMatch(member -> member.inFlight() == 0);

        Picker one = assemble(List.of(e(0), e(1)));
        EndpointView survivor = (EndpointView) one.choose(PickContext.NONE);
        Lease lease = survivor.begin();
        assemble(List.of(e(0), e(1), e(2)));
        assertThat(members.all()).contains((Member) survivor);
        assertThat(survivor.inFlight()).isEqualTo(1);
        lease.close();
        members.close();
        assertThat(engine.states().size()).isZero();
    }
}
