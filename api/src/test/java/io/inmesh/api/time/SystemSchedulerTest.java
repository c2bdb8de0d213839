package io.inmesh.api.time;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads, and no assertion on how long anything took but that nothing came too early. */
class SystemSchedulerTest {
    private static final long GENEROUS_SECONDS = 60;

    private final Scheduler scheduler = Scheduler.system("test-scheduler");
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void end_the_threads() {
        released.countDown();
        scheduler.close();
    }

    @Test
    void tasks_run_on_daemon_threads_that_carry_the_name() throws Exception {
        occupy(2);

        assertThat(threads)
                .hasSize(2)
                .allMatch(Thread::isDaemon)
                .extracting(Thread::getName)
                .containsExactlyInAnyOrder("test-scheduler-1", "test-scheduler-2");
    }

    @Test
    void a_task_runs_after_its_delay_and_not_before() throws Exception {
        Duration delay = Duration.ofMillis(20);
        AtomicReference<@Nullable Long> ranAt = new AtomicReference<>();
        CountDownLatch ran = new CountDownLatch(1);
        long start = NanoClock.system().nanoTime();
        scheduler.schedule(
                () -> {
                    ranAt.set(NanoClock.system().nanoTime());
                    ran.countDown();
                },
                delay);

        await(ran);
        assertThat(ranAt.get()).isNotNull().satisfies(at -> assertThat(at - start)
                .isGreaterThanOrEqualTo(delay.toNanos()));
    }

    @Test
    void a_delay_below_zero_is_none_and_one_beyond_all_time_is_accepted() throws Exception {
        AtomicBoolean never = new AtomicBoolean();
        CountDownLatch ran = new CountDownLatch(2);
        scheduler.schedule(() -> never.set(true), Duration.ofSeconds(Long.MAX_VALUE));
        scheduler.schedule(ran::countDown, Duration.ofSeconds(Long.MIN_VALUE));
        scheduler.schedule(ran::countDown, Duration.ofNanos(-1));

        await(ran);
        assertThat(never).isFalse();
    }

    @Test
    void a_task_that_is_taken_back_does_not_run() throws Exception {
        occupy(2);
        AtomicInteger ran = new AtomicInteger();
        Scheduler.Cancellable task = scheduler.schedule(ran::incrementAndGet, Duration.ZERO);
        scheduler.schedule(ran::incrementAndGet, Duration.ofDays(1)).cancel();
        task.cancel();
        task.cancel();

        // Both threads pass the barrier behind whatever was queued before, so neither is still running it.
        CyclicBarrier behind = new CyclicBarrier(3);
        scheduler.execute(() -> passed(behind));
        scheduler.execute(() -> passed(behind));
        released.countDown();
        behind.await(GENEROUS_SECONDS, SECONDS);

        assertThat(ran).hasValue(0);
    }

    @Test
    void taking_back_a_task_that_runs_does_not_interrupt_it() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Scheduler.Cancellable task = scheduler.schedule(
                () -> {
                    began.countDown();
                    interrupted.set(!passed(released));
                    ended.countDown();
                },
                Duration.ZERO);
        await(began);
        task.cancel();
        released.countDown();

        await(ended);
        assertThat(interrupted).isFalse();
    }

    @Test
    void what_a_task_throws_is_not_lost_and_the_thread_goes_on() throws Exception {
        AtomicReference<@Nullable Throwable> heard = new AtomicReference<>();
        CountDownLatch handled = new CountDownLatch(1);
        RuntimeException thrown = new IllegalStateException("thrown on purpose");
        scheduler.schedule(
                () -> {
                    Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> {
                        heard.set(e);
                        handled.countDown();
                    });
                    throw thrown;
                },
                Duration.ZERO);
        await(handled);
        assertThat(heard.get()).isSameAs(thrown);

        occupy(2);
        assertThat(threads)
                .as("no thread had to be replaced")
                .extracting(Thread::getName)
                .containsExactlyInAnyOrder("test-scheduler-1", "test-scheduler-2");
    }

    @Test
    void closing_still_runs_what_was_given_before_drops_timers_even_due_ones_and_ends_the_threads() throws Exception {
        AtomicInteger tasks = new AtomicInteger();
        AtomicInteger timers = new AtomicInteger();
        occupy(2);
        scheduler.execute(tasks::incrementAndGet);
        scheduler.schedule(timers::incrementAndGet, Duration.ZERO);
        scheduler.schedule(timers::incrementAndGet, Duration.ofMillis(1));
        scheduler.schedule(timers::incrementAndGet, Duration.ofDays(1));
        scheduler.execute(tasks::incrementAndGet);

        scheduler.close();
        scheduler.close();
        releaseAndJoin();

        assertThat(tasks).hasValue(2);
        assertThat(timers).hasValue(0);
    }

    @Test
    void a_task_given_after_closing_is_dropped_without_a_word() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        occupy(2);
        scheduler.close();
        scheduler.execute(ran::incrementAndGet);
        scheduler.schedule(ran::incrementAndGet, Duration.ZERO).cancel();
        scheduler.schedule(ran::incrementAndGet, Duration.ofMillis(1));
        releaseAndJoin();

        assertThat(ran).hasValue(0);
    }

    @Test
    void closing_while_others_schedule_fails_for_nobody() throws Exception {
        List<Throwable> failures = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            Scheduler closing = Scheduler.system("closing");
            CyclicBarrier together = new CyclicBarrier(2);
            Thread other = new Thread(() -> {
                passed(together);
                for (int i = 0; i < 50; i++) {
                    closing.schedule(() -> {}, Duration.ofNanos(i));
                    closing.execute(() -> {});
                }
            });
            other.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
            other.start();
            together.await(GENEROUS_SECONDS, SECONDS);
            closing.close();
            other.join(SECONDS.toMillis(GENEROUS_SECONDS));
            assertThat(other.isAlive()).isFalse();
        }

        assertThat(failures).isEmpty();
    }

    /** Holds that many threads until released. */
    private void occupy(int count) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            scheduler.execute(() -> {
                threads.add(Thread.currentThread());
                held.countDown();
                passed(released);
            });
        }
        await(held);
    }

    private void releaseAndJoin() throws InterruptedException {
        released.countDown();
        assertThat(threads).hasSize(2);
        for (Thread thread : threads) {
            thread.join(SECONDS.toMillis(GENEROUS_SECONDS));
            assertThat(thread.isAlive()).as("%s lives", thread.getName()).isFalse();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(GENEROUS_SECONDS, SECONDS)).as("opened").isTrue();
    }

    private static boolean passed(CountDownLatch latch) {
        try {
            return latch.await(GENEROUS_SECONDS, SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void passed(CyclicBarrier barrier) {
        try {
            barrier.await(GENEROUS_SECONDS, SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
