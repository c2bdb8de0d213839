package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.pick.load.WeightedOverflow;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Policies that give no endpoint though there are some: because they fail, or because they say so. */
class RejectingPoliciesTest {
    private static final ServiceKey KEY = new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP);

    private final FakeClock clock = new FakeClock();
    private final HeardEvents events = new HeardEvents();
    private final Engine engine =
            Engine.of(clock, clock, () -> 0, List.of(events), OutcomeClassifier.standard(), Map.of(), Settings.NONE);
    private final Members<Member> members = new Members<>(engine, TestEndpoints.TARGET, KEY, Member::new);
    private final PickerAssembly assembly = new PickerAssembly(engine, TestEndpoints.TARGET);

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
        assertThat(assembly.assemble(members.all(), moody, null).choose(PickContext.NONE))
                .isInstanceOf(EndpointView.class);
        events.take();
        moody.failure = new IllegalStateException("no shard map");
        try (HeardLog log = new HeardLog()) {
            for (int revision = 0; revision < 3; revision++) {
                Rejection rejection = (Rejection)
                        assembly.assemble(members.all(), moody, null).choose(PickContext.NONE);
                assertThat(rejection.reason()).isEqualTo(Reason.POLICY_FAILED);
                assertThat(rejection.text())
                        .contains("orders.shop:http", "policy 'moody'", Moody.class.getName(), "2 endpoints")
                        .contains("no shard map", "name another one by the setting 'policy'");
                assertThat(assembly.lastRejection()).isEqualTo(rejection);
            }
            assertThat(log.lines("ERROR")).hasSize(1);
            assertThat(events.take())
                    .containsExactly("rejected POLICY_FAILED", "rejected POLICY_FAILED", "rejected POLICY_FAILED");

            moody.failure = null;
            assertThat(assembly.assemble(members.all(), moody, null).choose(PickContext.NONE))
                    .isInstanceOf(EndpointView.class);
            assertThat(assembly.lastRejection()).isNull();
            moody.failure = new IllegalStateException("no shard map");
            assembly.assemble(members.all(), moody, null);
            assertThat(log.lines("ERROR")).as("failed anew, logged anew").hasSize(2);
        }
    }

    @Test
    void what_a_policy_rejects_is_told_under_the_targets_name() {
        members.reconcile(List.of(e(1)));
        Picker picker = assembly.assemble(members.all(), new WeightedOverflow(true), null);
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
}
