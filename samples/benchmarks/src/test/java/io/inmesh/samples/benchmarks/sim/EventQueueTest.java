package io.inmesh.samples.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue events = new EventQueue();

    @Test
    void events_run_in_order_of_their_moments_and_see_them() {
        SplittableRandom random = new SplittableRandom(7);
        List<Long> expected = new ArrayList<>();
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            long moment = random.nextLong(1_000_000);
            expected.add(moment);
            events.after(moment, () -> seen.add(events.nanoTime()));
        }
        events.run();
        assertThat(seen).isEqualTo(expected.stream().sorted().toList());
    }

    @Test
    void of_one_moment_the_first_planned_runs_first() {
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            events.after(5, () -> seen.add(number));
        }
        events.run();
        assertThat(seen).isSorted().hasSize(100);
    }

    @Test
    void an_event_may_plan_another() {
        List<Long> seen = new ArrayList<>();
        events.after(3, () -> events.after(4, () -> seen.add(events.nanoTime())));
        events.run();
        assertThat(seen).containsExactly(7L);
    }

    @Test
    void the_past_is_refused() {
        assertThatThrownBy(() -> events.after(-1, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("delayNanos: -1");
    }
}
