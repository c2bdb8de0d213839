package io.inmesh.api.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.testing.SteppedLane;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SteppedLaneTest {
    private final SteppedLane lane = new SteppedLane();
    private final List<String> ran = new ArrayList<>();

    @Test
    void a_step_runs_the_oldest_task_and_no_other() {
        lane.execute(() -> ran.add("a"));
        lane.execute(() -> ran.add("b"));
        assertThat(lane.waiting()).isEqualTo(2);
        assertThat(ran).isEmpty();

        assertThat(lane.step()).isTrue();
        assertThat(ran).containsExactly("a");
        assertThat(lane.waiting()).isEqualTo(1);

        assertThat(lane.step()).isTrue();
        assertThat(lane.step()).as("a third").isFalse();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void running_all_includes_what_tasks_give() {
        lane.execute(() -> {
            lane.execute(() -> {
                ran.add("given");
                lane.execute(() -> ran.add("given by the given"));
            });
            ran.add("giver");
        });
        lane.runAll();

        assertThat(ran).containsExactly("giver", "given", "given by the given");
        assertThat(lane.waiting()).isZero();
    }

    @Test
    void only_a_running_task_is_on_the_lane_whatever_the_one_before_threw() {
        lane.execute(() -> {
            throw new IllegalArgumentException("a");
        });
        lane.execute(() -> {
            lane.assertOnLane();
            ran.add("b");
        });

        assertThatIllegalStateException().isThrownBy(lane::assertOnLane);
        assertThatThrownBy(lane::step)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a");
        assertThatIllegalStateException()
                .isThrownBy(lane::assertOnLane)
                .withMessage("not on the lane (expected: a task run by step() or runAll())");
        assertThat(lane.step()).isTrue();
        assertThat(ran).containsExactly("b");
    }

    @Test
    void another_thread_is_not_on_the_lane_while_a_task_runs() {
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        Thread other = new Thread(lane::assertOnLane, "other");
        other.setUncaughtExceptionHandler((thread, thrown) -> seen.set(thrown));
        lane.execute(() -> {
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        lane.runAll();

        assertThat(seen.get()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_task_cannot_step_the_lane_it_is_on_since_no_lane_runs_one_task_inside_another() {
        lane.execute(() -> {
            assertThatIllegalStateException().isThrownBy(lane::step);
            assertThatIllegalStateException().isThrownBy(lane::runAll);
            lane.assertOnLane();
            ran.add("a");
        });
        lane.execute(() -> ran.add("b"));
        lane.runAll();

        assertThat(ran).containsExactly("a", "b");
    }
}
