package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.pick.hash.IpvsDestinationHash;
import io.inmesh.balancer.pick.load.WeightedOverflow;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.state.Word;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Policies that give no endpoint though there are some: because they fail, or because they say so. */
class RejectingPoliciesTest {

    private final FakeClock clock = new FakeClock();
    private final HeardEvents events = new HeardEvents();
    private final Assembling assembling = new Assembling(Assembling.engine(clock, events));
    private final Members<Member> members = assembling.members;

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    /** Fails while it is told to. */
    private static final class Moody implements PickerFactory {
        private @Nullable RuntimeException failure;

        @Override
        public String name() {
            return "moody";
        }

        @Override
        public Picker newPicker(Input input) {
            if (failure != null) {
                throw failure;
            }
            return context -> input.endpoints().get(0);
        }
    }

    @Test
    void a_policy_that_fails_is_named_to_every_request_and_logged_once_until_it_works_again() {
        Moody moody = new Moody();
        members.reconcile(List.of(e(1), e(2)));
        assertThat(assembling.assemble(members.all(), moody, null).choose(PickContext.NONE))
                .isInstanceOf(EndpointView.class);
        events.take();
        moody.failure = new IllegalStateException("no shard map");
        try (HeardLog log = new HeardLog()) {
            for (int revision = 0; revision < 3; revision++) {
                members.reconcile(List.of(e(1), e(2).withWeight(2 + revision)));
                Rejection rejection = (Rejection)
                        assembling.assemble(members.all(), moody, null).choose(PickContext.NONE);
                assertThat(rejection.reason()).isEqualTo(Reason.POLICY_FAILED);
                assertThat(rejection.text())
                        .contains("orders.shop:http", "policy 'moody'", Moody.class.getName(), "2 endpoints")
                        .contains("no shard map", "name another one by the setting 'policy'");
                assertThat(assembling.last().rejection()).isEqualTo(rejection);
            }
            assertThat(log.lines("ERROR")).hasSize(1);
            assertThat(events.take())
                    .containsExactly("rejected POLICY_FAILED", "rejected POLICY_FAILED", "rejected POLICY_FAILED");

            moody.failure = null;
            assertThat(assembling.assemble(members.all(), moody, null).choose(PickContext.NONE))
                    .isInstanceOf(EndpointView.class);
            assertThat(assembling.last().rejection()).isNull();
            moody.failure = new IllegalStateException("no shard map");
            members.reconcile(List.of(e(1), e(2)));
            assembling.assemble(members.all(), moody, null);
            assertThat(log.lines("ERROR")).as("failed anew, logged anew").hasSize(2);
        }
    }

    @Test
    void what_a_policy_rejects_is_told_under_the_targets_name() {
        members.reconcile(List.of(e(1)));
        Picker picker = assembling.assemble(members.all(), new WeightedOverflow(true), null);
        events.take();
        for (int i = 0; i < 2; i++) {
            ((EndpointView) picker.choose(PickContext.NONE)).begin();
        }
        Rejection rejection = (Rejection) picker.choose(PickContext.NONE);
        assertThat(rejection.reason()).isEqualTo(Reason.LIMITED);
        assertThat(rejection.text()).startsWith("k8s:///orders.shop:http: policy ovf: ");
        assertThat(picker.choose(PickContext.NONE)).as("one serves all").isSameAs(rejection);
        assertThat(events.take()).containsExactly("rejected LIMITED", "rejected LIMITED");
    }

    @Test
    void under_strict_the_keys_of_an_ejected_endpoint_are_turned_down_and_no_other_key_moves() {
        PickerFactory strict = new IpvsDestinationHash(true);
        members.reconcile(List.of(e(1), e(2), e(3), e(4)));
        Picker before = assembling.assemble(members.all(), strict, null);
        Member ejected = members.all().get(1);
        ejected.judge(Word.out("test", Duration.ZERO));
        Picker after = assembling.assemble(members.all(), strict, null);
        events.take();
        int turnedDown = 0;
        for (int i = 0; i < 200; i++) {
            PickContext context = PickContext.NONE.withKey("key-" + i);
            Choice owner = before.choose(context);
            if (owner == ejected) {
                turnedDown++;
                assertThat(((Rejection) after.choose(context)).text())
                        .startsWith("k8s:///orders.shop:http: policy dh: ")
                        .contains("set dh.strict to false");
            } else {
                assertThat(after.choose(context)).isSameAs(owner);
            }
        }
        assertThat(turnedDown).isPositive();
        assertThat(events.take()).hasSize(turnedDown).containsOnly("rejected ALL_EJECTED");
    }
}
