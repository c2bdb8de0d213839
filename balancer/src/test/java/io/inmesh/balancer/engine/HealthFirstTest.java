package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.pick.hash.DestinationHash;
import io.inmesh.balancer.pick.load.LeastConnection;
import io.inmesh.balancer.pick.load.PeakEwmaChoice;
import io.inmesh.balancer.pick.load.PowerOfTwo;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** 5.13 and 5.19: in a panic ejected endpoints are used as well, and still a healthy one comes first where it is drawn. */
class HealthFirstTest {
    private static final int PICKS = 20_000;
    private static final long SEED = 20_261_128L;

    private final FakeClock clock = new FakeClock();
    private final Assembling assembling =
            new Assembling(Assembling.engine(clock, new SplittableRandom(SEED), Map.of(), Settings.NONE));

    static Stream<PickerFactory> drawing() {
        return Stream.of(new PowerOfTwo(), new PeakEwmaChoice());
    }

    private Picker assemble(PickerFactory policy, int n) {
        return assembling.assemble(policy, null, TestEndpoints.endpoints(n));
    }

    private Member member(int index) {
        return List.copyOf(assembling.members.all()).get(index);
    }

    private static double share(Picker picker, Member of) {
        int count = 0;
        for (int i = 0; i < PICKS; i++) {
            count += picker.choose(PickContext.NONE) == of ? 1 : 0;
        }
        return (double) count / PICKS;
    }

    /** Busy, while those that fail fast are idle. */
    private static void load(Member member) {
        for (int i = 0; i < 20; i++) {
            member.begin();
        }
    }

    @ParameterizedTest
    @MethodSource("drawing")
    @DisplayName(
            "5.13: a healthy one beats an ejected one regardless of load, also when another one becomes the healthy one")
    void a_healthy_one_of_two_drawn_is_taken_whatever_it_carries(PickerFactory policy) {
        assemble(policy, 4);
        Member healthy = member(0);
        for (int i = 1; i < 4; i++) {
            member(i).judge(Words.of(Member.Health.EJECTED));
        }
        load(healthy);
        // It is one of the two drawn in half of all cases.
        assertThat(share(assemble(policy, 4), healthy)).as("seed %d", SEED).isBetween(0.48, 0.52);

        Member next = member(2);
        load(next);
        next.judge(Words.of(Member.Health.HEALTHY));
        healthy.judge(Words.of(Member.Health.EJECTED));
        clock.advance(Duration.ofMinutes(1)); // It is not new any more.
        Picker after = assemble(policy, 4);
        assertThat(share(after, next)).as("seed %d", SEED).isBetween(0.48, 0.52);
        assertThat(share(after, healthy)).as("the last choice of all").isZero();
    }

    @Test
    @DisplayName("5.13: so it is with more drawn, with weights, and where large sets are sampled")
    void more_draws_find_the_healthy_one_more_often() {
        PickerFactory five = new PowerOfTwo(5);
        assemble(five, 5);
        for (int i = 1; i < 5; i++) {
            member(i).judge(Words.of(Member.Health.EJECTED));
        }
        load(member(0));
        assertThat(share(assemble(five, 5), member(0)))
                .as("seed %d, all five drawn", SEED)
                .isGreaterThan(0.99);

        PickerFactory sampled = new LeastConnection(LeastConnection.Kind.NQ);
        assemble(sampled, 100);
        Member healthy = member(0);
        load(healthy);
        for (int i = 1; i < 100; i++) {
            member(i).judge(Words.of(Member.Health.EJECTED));
        }
        assertThat(share(assemble(sampled, 100), healthy)).as("seed %d", SEED).isBetween(0.015, 0.025);
    }

    @Test
    void a_policy_of_keys_keeps_its_picker_while_health_changes_within_a_panic() {
        PickerFactory byKey = new DestinationHash();
        assemble(byKey, 4);
        for (int i = 1; i < 4; i++) {
            member(i).judge(Words.of(Member.Health.EJECTED));
        }
        Picker before = assemble(byKey, 4);
        member(0).judge(Words.of(Member.Health.EJECTED));
        assertThat(assemble(byKey, 4)).isSameAs(before);
    }
}
