package io.inmesh.balancer.stage.priority;

import static io.inmesh.balancer.testing.Connecting.awaited;
import static io.inmesh.balancer.testing.Connecting.failed;
import static io.inmesh.balancer.testing.Connecting.ready;
import static io.inmesh.balancer.testing.Connecting.reconnecting;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.Placed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The failover timer of gRFC A56. */
class AwaitedFirstTest {
    private static final List<Integer> ALL = List.of(100, 100, 100);

    /** Priorities a, b and the rest. */
    private static Layout apply(Member... members) {
        return new AwaitedFirst().apply(new ZonePriorities(List.of("a", "b"), null).apply(Layout.of(List.of(members))));
    }

    @Test
    @DisplayName(
            "A56: the first priority that is still hoped for gets everything, which waits, and for no longer than hope lasts")
    void what_is_hoped_for_is_waited_for() {
        Layout layout = apply(awaited(1, "a", 500), awaited(2, "a", 900), ready(3, "b"));
        assertThat(Placed.loads(layout)).containsExactly(100, 0, 0);
        assertThat(layout.holds()).isEqualTo(Duration.ofNanos(500));
    }

    @Test
    void once_anybody_of_it_can_be_used_nothing_is_waited_for() {
        assertThat(Placed.loads(apply(awaited(1, "a", 500), ready(2, "a"), ready(3, "b"))))
                .isEqualTo(ALL);
        assertThat(Placed.loads(apply(awaited(1, "a", 500), reconnecting(2, "a", 300), ready(3, "b"))))
                .isEqualTo(ALL);
    }

    @Test
    void where_one_has_failed_or_hope_has_ended_the_next_priority_is_looked_at() {
        assertThat(Placed.loads(apply(awaited(1, "a", 500), failed(2, "a"), ready(3, "b"))))
                .isEqualTo(ALL);
        assertThat(Placed.loads(apply(awaited(1, "a", 0), awaited(2, "a", 700), ready(3, "b"))))
                .isEqualTo(ALL);
        Layout second = apply(failed(1, "a"), awaited(2, "b", 500), ready(3, "c"));
        assertThat(Placed.loads(second)).containsExactly(0, 100, 0);
    }

    @Test
    void nobody_at_all_is_waited_for_by_nobody() {
        assertThat(Placed.loads(apply(ready(3, "b")))).isEqualTo(ALL);
        assertThat(Placed.loads(apply())).isEqualTo(ALL);
    }
}
