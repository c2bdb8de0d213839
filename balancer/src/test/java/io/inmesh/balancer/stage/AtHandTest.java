package io.inmesh.balancer.stage;

import static io.inmesh.balancer.testing.Connecting.ready;
import static io.inmesh.balancer.testing.Connecting.reconnecting;
import static io.inmesh.balancer.testing.Connecting.serving;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AtHandTest {
    private static final Member READY = ready(1, null);
    private static final Member SOON = reconnecting(2, null, 700);
    private static final Member SOONER = reconnecting(3, null, 300);

    private static Layout apply(boolean followsKey, Member... members) {
        return new AtHand(followsKey).apply(Layout.of(List.of(members)));
    }

    @Test
    void while_all_are_at_hand_nothing_changes_and_nothing_is_waited_for() {
        Layout layout = Layout.of(List.of(READY));
        assertThat(new AtHand(false).apply(layout)).isSameAs(layout);
    }

    @Test
    void others_are_used_meanwhile_and_it_is_looked_at_again_when_the_first_hope_ends() {
        Layout layout = apply(false, READY, SOON, SOONER);
        assertThat(serving(layout)).containsExactly(READY);
        assertThat(layout.holds()).isEqualTo(Duration.ofNanos(300));
    }

    @Test
    void a_policy_that_follows_keys_keeps_them_for_their_keys() {
        Layout layout = apply(true, READY, SOON);
        assertThat(serving(layout)).containsExactly(READY, SOON);
        assertThat(layout.holds()).isEqualTo(Duration.ofNanos(700));
    }

    @Test
    void where_nobody_else_is_left_they_are_waited_for() {
        Layout layout = apply(false, SOON, SOONER);
        assertThat(serving(layout)).containsExactly(SOON, SOONER);
        assertThat(layout.holds()).isEqualTo(Duration.ofNanos(300));
    }
}
