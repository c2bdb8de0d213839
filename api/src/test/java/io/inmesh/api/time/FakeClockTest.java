package io.inmesh.api.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeClockTest {
    private final FakeClock clock = new FakeClock();
    private final List<String> ran = new ArrayList<>();

    @Test
    void nothing_moves_unless_told() {
        clock.execute(() -> ran.add("now"));
        clock.schedule(() -> ran.add("at once"), Duration.ZERO);
        clock.schedule(() -> ran.add("later"), Duration.ofNanos(1));

        assertThat(ran).isEmpty();
        assertThat(clock.nanoTime()).isEqualTo(clock.nanoTime());

        clock.runDue();
        assertThat(ran).containsExactly("now", "at once");
        assertThat(clock.timers()).isEqualTo(1);
    }

    @Test
    void each_timer_runs_at_its_own_moment_and_equal_ones_in_the_order_given() {
        long start = clock.nanoTime();
        schedule("30 a", 30);
        schedule("10", 10);
        schedule("30 b", 30);
        schedule("20", 20);
        schedule("41", 41);

        clock.advance(Duration.ofMillis(40));

        assertThat(ran).containsExactly("10 at 10", "20 at 20", "30 a at 30", "30 b at 30");
        assertThat(clock.nanoTime() - start).isEqualTo(Duration.ofMillis(40).toNanos());
        assertThat(clock.timers()).isEqualTo(1);

        clock.advance(Duration.ofMillis(1));
        assertThat(ran).last().isEqualTo("41 at 41");
    }

    @Test
    void a_timer_at_the_very_end_runs_and_one_a_nanosecond_later_does_not() {
        clock.schedule(() -> ran.add("at"), Duration.ofSeconds(1));
        clock.schedule(() -> ran.add("after"), Duration.ofSeconds(1).plusNanos(1));
        clock.advance(Duration.ofSeconds(1));

        assertThat(ran).containsExactly("at");
    }

    @Test
    void a_timer_set_by_a_timer_counts_from_the_moment_of_that_timer() {
        clock.schedule(
                () -> {
                    ran.add("first at " + millis());
                    schedule("second", 10);
                    clock.execute(() -> ran.add("task at " + millis()));
                },
                Duration.ofMillis(10));
        schedule("third", 25);

        clock.advance(Duration.ofMillis(30));

        assertThat(ran).containsExactly("first at 10", "task at 10", "second at 20", "third at 25");
    }

    @Test
    void a_timer_that_sets_itself_again_ticks_once_per_interval() {
        tick();
        clock.advance(Duration.ofSeconds(5));

        assertThat(ran).containsExactly("tick at 1000", "tick at 2000", "tick at 3000", "tick at 4000", "tick at 5000");
        assertThat(clock.timers()).isEqualTo(1);
    }

    private void tick() {
        clock.schedule(
                () -> {
                    ran.add("tick at " + millis());
                    tick();
                },
                Duration.ofSeconds(1));
    }

    @Test
    void run_due_runs_what_tasks_make_due_and_leaves_the_time_alone() {
        clock.execute(() -> {
            ran.add("a");
            clock.execute(() -> ran.add("b"));
            clock.schedule(() -> ran.add("c"), Duration.ZERO);
            clock.schedule(() -> ran.add("d"), Duration.ofNanos(-5));
            clock.schedule(() -> ran.add("e"), Duration.ofNanos(1));
        });
        clock.runDue();

        assertThat(ran).containsExactly("a", "b", "c", "d");
        assertThat(millis()).isZero();
    }

    @Test
    void what_waited_before_runs_before_the_time_moves() {
        clock.execute(() -> ran.add("at " + millis()));
        clock.advance(Duration.ofMillis(7));

        assertThat(ran).containsExactly("at 0");
        assertThat(millis()).isEqualTo(7);
    }

    @Test
    void a_cancelled_timer_never_runs_and_no_longer_counts() {
        Scheduler.Cancellable timer = clock.schedule(() -> ran.add("cancelled"), Duration.ofSeconds(1));
        clock.schedule(() -> ran.add("kept"), Duration.ofSeconds(1));

        timer.cancel();
        timer.cancel();
        assertThat(clock.timers()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(2));

        assertThat(ran).containsExactly("kept");
    }

    @Test
    void cancelling_takes_back_one_of_two_equal_timers_and_does_nothing_to_one_that_ran() {
        Runnable same = () -> ran.add("same");
        Scheduler.Cancellable first = clock.schedule(same, Duration.ofSeconds(1));
        Scheduler.Cancellable second = clock.schedule(same, Duration.ofSeconds(1));
        first.cancel();
        clock.advance(Duration.ofSeconds(1));
        second.cancel();

        assertThat(ran).containsExactly("same");
        assertThat(clock.timers()).isZero();
    }

    @Test
    void a_timer_can_cancel_another_that_is_due_at_the_same_moment() {
        List<Scheduler.Cancellable> others = new ArrayList<>();
        clock.schedule(() -> others.forEach(Scheduler.Cancellable::cancel), Duration.ofSeconds(1));
        others.add(clock.schedule(() -> ran.add("cancelled"), Duration.ofSeconds(1)));
        clock.advance(Duration.ofSeconds(1));

        assertThat(ran).isEmpty();
    }

    @Test
    void what_a_task_throws_reaches_the_test_and_the_rest_can_still_run() {
        clock.execute(() -> {
            throw new IllegalStateException("a");
        });
        clock.execute(() -> ran.add("b"));

        assertThatThrownBy(clock::runDue)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a");
        clock.runDue();
        assertThat(ran).containsExactly("b");
    }

    @Test
    void the_time_never_goes_back() {
        clock.advance(Duration.ofSeconds(1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
                .withMessage("by: PT-0.000000001S (expected: 0 or more; this clock never goes back)");
        assertThat(millis()).isEqualTo(1000);
    }

    @Test
    void a_task_may_move_the_time_further_than_the_test_wanted() {
        clock.schedule(() -> clock.advance(Duration.ofSeconds(10)), Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(2));

        assertThat(millis()).isEqualTo(11_000);
    }

    @Test
    void a_delay_beyond_all_time_is_never_due_instead_of_at_once() {
        clock.advance(Duration.ofDays(1));
        clock.schedule(() -> ran.add("never"), Duration.ofNanos(Long.MAX_VALUE));
        clock.schedule(() -> ran.add("never"), Duration.ofSeconds(Long.MAX_VALUE));
        clock.schedule(() -> ran.add("long due"), Duration.ofSeconds(Long.MIN_VALUE));
        clock.advance(Duration.ofDays(100 * 365));

        assertThat(ran).containsExactly("long due");
        assertThat(clock.timers()).isEqualTo(2);
    }

    @Test
    void once_closed_it_runs_what_waited_drops_timers_and_what_comes_later_and_still_tells_the_time() {
        clock.execute(() -> ran.add("waiting"));
        clock.schedule(() -> ran.add("set"), Duration.ofMillis(1));
        clock.close();
        clock.execute(() -> ran.add("too late"));
        clock.schedule(() -> ran.add("too late"), Duration.ZERO).cancel();
        clock.schedule(() -> ran.add("too late"), Duration.ZERO);
        clock.advance(Duration.ofMillis(5));

        assertThat(ran).containsExactly("waiting");
        assertThat(clock.timers()).isZero();
        assertThat(millis()).isEqualTo(5);
    }

    private void schedule(String name, int delayMillis) {
        clock.schedule(() -> ran.add(name + " at " + millis()), Duration.ofMillis(delayMillis));
    }

    /** Since the clock was made. */
    private long millis() {
        return Duration.ofNanos(clock.nanoTime()).toMillis();
    }
}
