package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.testing.ScriptedRandom;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateTest {
    private final List<EndpointView> endpoints = TestEndpoints.members(4);

    /** Chooses what a script says, one after the other, and counts how often it was asked. */
    private static final class Scripted implements Picker {
        private final List<? extends Choice> script;
        private int asked;

        Scripted(List<? extends Choice> script) {
            this.script = script;
        }

        @Override
        public Choice choose(PickContext context) {
            return script.get(asked++);
        }
    }

    private Gate gate(Picker inner, long... draws) {
        return new Gate(inner, endpoints.toArray(EndpointView[]::new), ScriptedRandom.of(draws));
    }

    private PickContext tried(int... indexes) {
        PickContext context = PickContext.NONE;
        for (int index : indexes) {
            context = context.withTried(endpoints.get(index).endpoint());
        }
        return context;
    }

    private EndpointView e(int index) {
        return endpoints.get(index);
    }

    @Test
    void a_first_attempt_is_the_policys_own_choice_without_a_draw() {
        Scripted inner = new Scripted(List.of(e(2)));
        assertThat(gate(inner).choose(PickContext.NONE)).isSameAs(e(2));
        assertThat(inner.asked).isEqualTo(1);
    }

    @Test
    void a_repeat_takes_the_first_choice_that_was_not_tried() {
        Scripted inner = new Scripted(List.of(e(0), e(0), e(1)));
        assertThat(gate(inner).choose(tried(0))).isSameAs(e(1));
        assertThat(inner.asked).isEqualTo(3);
    }

    @Test
    void where_all_have_been_tried_a_repeat_goes_to_those_that_are_held_back() {
        Scripted inner = new Scripted(List.of(e(0), e(0), e(0), e(0), e(0)));
        EndpointView[] near = {e(0)};
        EndpointView[] far = {e(2), e(1)};
        Gate gate = new Gate(inner, near, far, ScriptedRandom.of(0), null);
        assertThat(gate.choose(tried(0))).isSameAs(e(2));
    }

    @Test
    void after_four_more_picks_it_looks_at_each_endpoint_once_from_a_random_place() {
        Scripted inner = new Scripted(List.of(e(0), e(0), e(0), e(0), e(0)));
        // Half of the circle: of four endpoints, number 2.
        assertThat(gate(inner, 1L << 63).choose(tried(0, 2))).isSameAs(e(3));
        assertThat(inner.asked).isEqualTo(5);
    }

    @Test
    void the_look_wraps_around_the_end() {
        Scripted inner = new Scripted(List.of(e(2), e(2), e(2), e(2), e(2)));
        assertThat(gate(inner, -1L).choose(tried(2, 3))).isSameAs(e(0));
    }

    @Test
    void where_all_were_tried_the_exclusion_is_ignored() {
        Scripted inner = new Scripted(List.of(e(0), e(1), e(2), e(3), e(1)));
        assertThat(gate(inner, 0).choose(tried(0, 1, 2, 3))).isSameAs(e(1));
    }

    @Test
    void a_lone_endpoint_is_tried_again() {
        List<EndpointView> one = TestEndpoints.members(1);
        Gate gate = new Gate(context -> one.get(0), one.toArray(EndpointView[]::new), ScriptedRandom.of(12345));
        assertThat(gate.choose(PickContext.NONE.withTried(one.get(0).endpoint())))
                .isSameAs(one.get(0));
    }

    @Test
    void a_rejection_passes_whatever_was_tried() {
        Rejection rejection = new Rejection(Reason.LIMITED, "orders: at its cap");
        Scripted inner = new Scripted(List.of(rejection));
        assertThat(gate(inner).choose(tried(0))).isSameAs(rejection);
        assertThat(inner.asked).isEqualTo(1);
    }

    @Test
    void a_tried_endpoint_that_has_left_excludes_nobody_here() {
        Scripted inner = new Scripted(List.of(e(1)));
        PickContext context = PickContext.NONE.withTried(TestEndpoints.endpoint(99));
        assertThat(gate(inner).choose(context)).isSameAs(e(1));
    }

    @Test
    void it_names_the_policys_picker() {
        Picker inner = context -> e(0);
        assertThat(gate(inner).inner()).isSameAs(inner);
    }
}
