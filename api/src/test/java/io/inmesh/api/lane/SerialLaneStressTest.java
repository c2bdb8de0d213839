package io.inmesh.api.lane;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;

/** Many givers, several draining threads. What the tasks write is plain on purpose: if a fence were missing, counts would not agree. */
class SerialLaneStressTest {
    private static final int GIVERS = 8;
    private static final int FEW_GIVERS = 2;
    private static final int TASKS = 20_000;
    private static final long GENEROUS_SECONDS = 120;

    private final ExecutorService drainers = Executors.newFixedThreadPool(4);
    private final ExecutorService givers = Executors.newFixedThreadPool(GIVERS);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

    /** Drained by the pool; a test may replace it before it begins. */
    private Lane lane = Lane.on(drainers, errors::add);

    // Plain, written and read by tasks of the lane alone; read by the test once the last task has opened a latch.
    private final int[] lastOf = new int[GIVERS];
    private final List<String> violations = new ArrayList<>();
    private boolean running;
    private long count;
    private long follows;

    @AfterEach
    void end_the_threads() {
        drainers.shutdownNow();
        givers.shutdownNow();
    }

    @RepeatedTest(3)
    void floods_of_many_threads_run_one_by_one_in_each_threads_order_and_none_is_lost() throws Exception {
        CountDownLatch done = new CountDownLatch(2 * GIVERS * TASKS);
        fromGivers(GIVERS, giver -> {
            for (int i = 1; i <= TASKS; i++) {
                int number = i;
                lane.execute(() -> run(giver, number, done));
            }
        });

        assertThat(done.await(GENEROUS_SECONDS, SECONDS)).as("every task ran").isTrue();
        checkCounts(GIVERS);
        assertThat(follows).isEqualTo((long) GIVERS * TASKS);
    }

    /** Each giver waits for its task before the next, so that the lane empties and fills again all the time. */
    @RepeatedTest(3)
    void a_lane_that_empties_and_fills_all_the_time_never_drains_twice_at_once_nor_falls_asleep() throws Exception {
        fromGivers(FEW_GIVERS, giver -> {
            Semaphore ran = new Semaphore(0);
            for (int i = 1; i <= TASKS; i++) {
                int number = i;
                lane.execute(() -> {
                    serially(giver, number);
                    ran.release();
                });
                assertThat(ran.tryAcquire(GENEROUS_SECONDS, SECONDS))
                        .as("task %s of giver %s ran", number, giver)
                        .isTrue();
            }
        });

        CountDownLatch fence = new CountDownLatch(1);
        lane.execute(fence::countDown);
        assertThat(fence.await(GENEROUS_SECONDS, SECONDS)).isTrue();
        checkCounts(FEW_GIVERS);
    }

    /** The quickest handover there is: whoever finds the lane empty drains it, on the spot. */
    @RepeatedTest(3)
    void givers_that_drain_by_themselves_hand_the_lane_over_without_overlap() throws Exception {
        lane = Lane.on(Runnable::run, errors::add);
        fromGivers(FEW_GIVERS, giver -> {
            for (int i = 1; i <= TASKS; i++) {
                int number = i;
                lane.execute(() -> serially(giver, number));
            }
        });

        lane.execute(() -> {}); // Behind every other task, on a lane that nobody is on, so the counts are settled.
        checkCounts(FEW_GIVERS);
    }

    private void run(int giver, int number, CountDownLatch done) {
        serially(giver, number);
        lane.execute(() -> {
            follows++;
            done.countDown();
        });
        done.countDown();
        if (number % 100 == 0) {
            throw new ExpectedException();
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // Nothing waits for the yield: it only makes a violation likelier to be seen.
    private void serially(int giver, int number) {
        lane.assertOnLane();
        if (running) {
            violations.add("two at once");
        }
        running = true;
        long before = count;
        Thread.yield(); // Leaves the door open for whoever should not be here: other drainers.
        if (lastOf[giver] != number - 1) {
            violations.add("giver " + giver + ": " + number + " after " + lastOf[giver]);
        }
        lastOf[giver] = number;
        count = before + 1;
        lane.assertOnLane();
        running = false;
    }

    private void checkCounts(int gave) {
        assertThat(violations).isEmpty();
        assertThat(count).isEqualTo((long) gave * TASKS);
        assertThat(Arrays.copyOf(lastOf, gave)).containsOnly(TASKS);
        assertThat(errors).allMatch(ExpectedException.class::isInstance);
    }

    private void fromGivers(int many, Giver body) throws Exception {
        CyclicBarrier together = new CyclicBarrier(many);
        List<Future<?>> ends = new ArrayList<>();
        for (int giver = 0; giver < many; giver++) {
            int number = giver;
            ends.add(givers.submit(() -> {
                together.await(GENEROUS_SECONDS, SECONDS);
                body.give(number);
                return number;
            }));
        }
        for (Future<?> end : ends) {
            end.get(GENEROUS_SECONDS, SECONDS);
        }
    }

    private interface Giver {
        void give(int number) throws Exception;
    }

    /** Thrown by some tasks, to prove that the lane goes on. */
    private static final class ExpectedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private ExpectedException() {
            super("thrown on purpose", null, false, false);
        }
    }
}
