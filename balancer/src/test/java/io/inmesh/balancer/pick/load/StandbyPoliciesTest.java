package io.inmesh.balancer.pick.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Policies that use one endpoint before the next: fo, ovf, first. */
class StandbyPoliciesTest {
    private static final long SEED = 905;

    private static Picker picker(PickerFactory policy, List<EndpointView> endpoints, @Nullable Picker previous) {
        return policy.newPicker(
                new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), previous));
    }

    @Test
    @DisplayName("TV-FO-1")
    void fo_takes_the_heaviest_and_the_next_when_that_is_quiesced() {
        List<EndpointView> all = TestEndpoints.members(5, 9, 9);
        assertThat(picker(new WeightedFailover(), all, null).choose(PickContext.NONE))
                .isSameAs(all.get(1));
        // A quiesced endpoint does not come before a policy.
        List<EndpointView> left = List.of(all.get(0), all.get(2));
        assertThat(picker(new WeightedFailover(), left, null).choose(PickContext.NONE))
                .isSameAs(all.get(2));
    }

    @Test
    @DisplayName("C12: a repeat goes down the order of weights")
    void a_repeat_of_fo_takes_the_next_heaviest() {
        List<EndpointView> all = TestEndpoints.members(1, 3, 2);
        Picker picker = picker(new WeightedFailover(), all, null);
        PickContext context = PickContext.NONE;
        for (int expected : new int[] {1, 2, 0, 1}) {
            EndpointView chosen = (EndpointView) picker.choose(context);
            assertThat(chosen).isSameAs(all.get(expected));
            context = context.withTried(chosen.endpoint());
        }
    }

    private static String twelve(boolean strict) {
        List<EndpointView> endpoints = TestEndpoints.members(3, 2, 1);
        Picker picker = picker(new WeightedOverflow().with(Map.of("strict", String.valueOf(strict))), endpoints, null);
        StringBuilder turns = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            Choice choice = picker.choose(PickContext.NONE);
            if (choice instanceof EndpointView view) {
                view.begin();
                turns.append((char) ('A' + TestEndpoints.indexOf(endpoints, view)));
            } else {
                assertThat(((Rejection) choice).reason()).isEqualTo(Reason.LIMITED);
                assertThat(((Rejection) choice).text()).contains("3 endpoints", "ovf.strict");
                turns.append('-');
            }
        }
        return turns.toString();
    }

    @Test
    @DisplayName("TV-OVF-1")
    void ovf_fills_the_heaviest_first_and_one_more_than_its_weight() {
        assertThat(twelve(true)).isEqualTo("AAAABBBCC---");
    }

    @Test
    @DisplayName("5.6: where all are full and it is not strict, wlc over all")
    void ovf_goes_on_by_weighted_least_connection() {
        assertThat(twelve(false)).startsWith("AAAABBBCC").hasSize(12).doesNotContain("-");
        // 4/3, 3/2 and 2/1 per weight: A, then B or A at 5/3 against 3/2: B, then A.
        assertThat(twelve(false)).endsWith("ABA");
    }

    @Test
    void first_stays_with_its_endpoint_whatever_comes_before_it() {
        List<EndpointView> all = TestEndpoints.members(4);
        Picker picker = picker(new FirstOnly(), all.subList(1, 3), null);
        assertThat(picker.choose(PickContext.NONE)).isSameAs(all.get(1));
        picker = picker(new FirstOnly(), all, picker);
        assertThat(picker.choose(PickContext.NONE))
                .as("a newcomer stands behind")
                .isSameAs(all.get(1));
        picker = picker(new FirstOnly(), List.of(all.get(0), all.get(2), all.get(3)), picker);
        assertThat(picker.choose(PickContext.NONE))
                .as("it left, the next in order follows")
                .isSameAs(all.get(2));
        picker = picker(new FirstOnly(), all, picker);
        assertThat(picker.choose(PickContext.NONE))
                .as("it is back, and stands behind")
                .isSameAs(all.get(2));
    }

    @Test
    void a_repeat_of_first_takes_the_next_in_order() {
        List<EndpointView> all = TestEndpoints.members(3);
        Picker picker = picker(new FirstOnly(), all, null);
        assertThat(picker.choose(PickContext.NONE.withTried(all.get(0).endpoint())))
                .isSameAs(all.get(1));
    }

    @Test
    @DisplayName("5.6, A113: shuffled by u^(1/w), the first place falls in proportion to weight")
    void shuffled_the_first_place_falls_by_weight() {
        List<EndpointView> all = TestEndpoints.members(1, 2, 5);
        RandomGenerator random = new SplittableRandom(SEED);
        int[] counts = new int[3];
        for (int client = 0; client < 80_000; client++) {
            Picker picker = new FirstOnly(true).newPicker(new PickerFactory.Input(all, random, new FakeClock(), null));
            counts[TestEndpoints.indexOf(all, picker.choose(PickContext.NONE))]++;
        }
        // Four standard deviations of 80000 draws are 0.7 %.
        assertThat(counts[0] / 80_000.0).isBetween(0.118, 0.132);
        assertThat(counts[1] / 80_000.0).isBetween(0.243, 0.257);
        assertThat(counts[2] / 80_000.0).isBetween(0.618, 0.632);
    }

    @Test
    void of_ten_thousand_endpoints_a_successor_is_made_in_no_time() {
        List<EndpointView> many = new ArrayList<>(TestEndpoints.members(10_000));
        Picker picker = picker(new FirstOnly(true), many, null);
        Choice chosen = picker.choose(PickContext.NONE);
        Collections.shuffle(many, new java.util.Random(SEED));
        assertThat(picker(new FirstOnly(true), many, picker).choose(PickContext.NONE))
                .isSameAs(chosen);
    }
}
