package io.inmesh.resolver.kubernetes.proof;

import static io.inmesh.resolver.kubernetes.proof.Rig.ONE;
import static io.inmesh.resolver.kubernetes.proof.Rig.THREE;
import static io.inmesh.resolver.kubernetes.proof.Rig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.testing.Pace;
import io.inmesh.resolver.testing.ScriptedPod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that trickle are slow, not silent: whoever gives up on them begins again, and never gets to the end (rule W-13). */
class SlowNetworkTest {
    private static final Duration STEP = Duration.ofMillis(500);

    @Test
    void lists_that_take_longer_than_any_answer_may_are_waited_for_as_long_as_they_move() {
        try (Rig rig = new Rig()) {
            rig.network.pace(Pace.trickle(200, Duration.ofSeconds(4)));
            rig.expect(List.of(List.of(ONE, TWO)));
            rig.start();
            Duration took = rig.until("both pods", STEP, () -> rig.told.usable().size() == 2);
            assertThat(took).as("a slow network").isBetween(Duration.ofSeconds(35), Duration.ofMinutes(2));
            assertThat(rig.told.messages())
                    .as("a set, and no trouble before it")
                    .hasSize(1);
            assertThat(rig.told.usable()).containsExactly(ONE, TWO);
            rig.assertOnCourse();
        }
    }

    @Test
    void an_event_that_takes_longer_than_silence_may_is_waited_for_as_long_as_it_moves() {
        try (Rig rig = new Rig()) {
            rig.startAndSync();
            rig.api.forgetRequests();
            rig.network.pace(Pace.trickle(40, Duration.ofSeconds(10)));
            rig.expect(List.of(List.of(ONE, TWO), List.of(ONE, TWO, THREE)));
            rig.orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
            Duration took =
                    rig.until("the third pod", STEP, () -> rig.told.usable().size() == 3);
            assertThat(took).as("a slow network").isBetween(Duration.ofSeconds(100), Duration.ofMinutes(8));
            assertThat(rig.told.usable()).containsExactly(ONE, TWO, THREE);
            rig.assertOnCourse();
            assertThat(rig.api.requests(request -> request.path().contains("endpointslices")))
                    .as("the watch was never given up")
                    .isEmpty();
        }
    }
}
