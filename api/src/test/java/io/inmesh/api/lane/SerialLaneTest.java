package io.inmesh.api.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SerialLaneTest {
    private static final Executor DIRECT = Runnable::run;

    private final List<String> ran = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();

    /** An executor that keeps what it is given until asked. */
    private final Queue<Runnable> handedOver = new ArrayDeque<>();

    private final Lane lane = Lane.on(handedOver::add, errors::add);

    @Test
    void tasks_run_in_the_order_given_and_the_executor_is_asked_once_for_all_that_wait() {
        for (String name : List.of("a", "b", "c")) {
            lane.execute(() -> ran.add(name));
        }
        assertThat(ran).as("no thread of its own").isEmpty();
        assertThat(handedOver).hasSize(1);

        runHandedOver();

        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(errors).isEmpty();
    }

    @Test
    void an_empty_lane_asks_the_executor_again() {
        lane.execute(() -> ran.add("a"));
        runHandedOver();
        lane.execute(() -> ran.add("b"));

        assertThat(handedOver).hasSize(1);
        runHandedOver();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void a_task_given_by_a_task_runs_after_it_has_returned_and_after_those_that_waited() {
        Lane direct = Lane.on(DIRECT, errors::add);
        direct.execute(() -> {
            direct.execute(() -> ran.add("given first"));
            direct.execute(() -> {
                ran.add("given second");
                direct.execute(() -> ran.add("given by the second"));
            });
            ran.add("giver");
        });

        assertThat(ran).containsExactly("giver", "given first", "given second", "given by the second");
    }

    @Test
    void what_a_task_throws_is_heard_and_the_next_one_runs() {
        RuntimeException exception = new RuntimeException("a");
        Error error = new StackOverflowError("b");
        lane.execute(() -> {
            throw exception;
        });
        lane.execute(() -> {
            throw error;
        });
        lane.execute(() -> ran.add("c"));
        runHandedOver();

        assertThat(errors).containsExactly(exception, error);
        assertThat(ran).containsExactly("c");
    }

    @Test
    void a_listener_that_throws_does_not_end_the_lane_and_its_failure_is_not_lost() {
        RuntimeException first = new RuntimeException("of the task");
        RuntimeException second = new RuntimeException("of the listener");
        Lane unlucky = Lane.on(handedOver::add, thrown -> {
            throw second;
        });
        unlucky.execute(() -> {
            throw first;
        });
        unlucky.execute(() -> ran.add("next"));

        AtomicReference<@Nullable Throwable> uncaught = new AtomicReference<>();
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> uncaught.set(thrown));
        try {
            runHandedOver();
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }

        assertThat(ran).containsExactly("next");
        assertThat(uncaught.get()).isSameAs(second).hasSuppressedException(first);
        assertThatIllegalStateException().isThrownBy(unlucky::assertOnLane);
    }

    @Test
    void an_executor_that_rejects_drops_the_task_says_so_and_is_asked_again_for_the_next() {
        boolean[] closed = {true};
        Lane rejected = Lane.on(
                task -> {
                    if (closed[0]) {
                        throw new RejectedExecutionException("closed");
                    }
                    task.run();
                },
                errors::add);

        rejected.execute(() -> ran.add("dropped"));
        rejected.execute(() -> ran.add("dropped too"));
        closed[0] = false;
        rejected.execute(() -> ran.add("run"));

        assertThat(ran).containsExactly("run");
        assertThat(errors).hasSize(2).allSatisfy(e -> assertThat(e)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("closed"));
    }

    @Test
    void only_a_running_task_is_on_the_lane() {
        String expected = "thread " + Thread.currentThread().getName()
                + " is not on the lane (expected: a task given to Lane.execute)";
        assertThatIllegalStateException().isThrownBy(lane::assertOnLane).withMessage(expected);
        lane.execute(() -> {
            lane.assertOnLane();
            ran.add("on the lane");
        });
        lane.execute(() -> {
            lane.assertOnLane();
            throw new IllegalArgumentException("thrown on the lane");
        });
        lane.execute(() -> {
            lane.assertOnLane();
            ran.add("still on the lane");
        });
        runHandedOver();

        assertThat(ran).containsExactly("on the lane", "still on the lane");
        assertThat(errors).singleElement().isInstanceOf(IllegalArgumentException.class);
        assertThatIllegalStateException().isThrownBy(lane::assertOnLane).withMessage(expected);
    }

    @Test
    void another_thread_is_not_on_the_lane_while_a_task_runs() throws InterruptedException {
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
        runHandedOver();

        assertThat(errors).isEmpty();
        assertThat(seen.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("thread other is not on the lane (expected: a task given to Lane.execute)");
    }

    @Test
    void being_on_one_lane_is_not_being_on_another() {
        Lane inner = Lane.on(DIRECT, errors::add);
        lane.execute(() -> {
            inner.execute(() -> {
                inner.assertOnLane();
                lane.assertOnLane();
                ran.add("on both");
            });
            lane.assertOnLane();
            inner.assertOnLane();
        });
        runHandedOver();

        assertThat(ran).containsExactly("on both");
        assertThat(errors).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    @SuppressWarnings("NullAway") // The point: what a caller without null checks gets.
    void no_task_is_refused_to_its_giver_and_the_lane_goes_on() {
        assertThatNullPointerException().isThrownBy(() -> lane.execute(null));
        lane.execute(() -> ran.add("next"));
        runHandedOver();

        assertThat(ran).containsExactly("next");
    }

    private void runHandedOver() {
        for (Runnable drain = handedOver.poll(); drain != null; drain = handedOver.poll()) {
            drain.run();
        }
    }
}
