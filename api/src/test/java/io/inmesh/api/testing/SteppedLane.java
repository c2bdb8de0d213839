package io.inmesh.api.testing;

import io.inmesh.api.lane.Lane;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A lane that runs a task only when a test says so, so that a race becomes a script.
 *
 * <pre>{@code
 * SteppedLane lane = new SteppedLane();
 * lane.execute(() -> System.out.println("first"));
 * lane.execute(() -> System.out.println("second"));
 * lane.step(); // prints first
 * lane.runAll(); // prints second
 * }</pre>
 *
 * <p>Threads: any may give it tasks; they run on the thread that steps, and what they throw reaches that thread.
 */
public final class SteppedLane implements Lane {

    // Guarded by itself; tasks run outside the lock.
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    // The thread inside step(), null between steps: written by that thread, under the lock of tasks; compared by any
    // thread.
    private volatile @Nullable Thread stepping;

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
        }
    }

    @Override
    public void assertOnLane() {
        if (stepping != Thread.currentThread()) {
            throw new IllegalStateException("not on the lane (expected: a task run by step() or runAll())");
        }
    }

    /**
     * Runs the oldest task.
     *
     * @return false if there was none
     * @throws IllegalStateException if a task is running: no lane begins one inside another
     */
    public boolean step() {
        Runnable task;
        synchronized (tasks) {
            if (stepping != null) {
                throw new IllegalStateException("a task of this lane is running (expected: step() after it has ended)");
            }
            task = tasks.poll();
            if (task == null) {
                return false;
            }
            stepping = Thread.currentThread();
        }
        try {
            task.run();
        } finally {
            stepping = null;
        }
        return true;
    }

    /** Runs tasks until none is left. */
    public void runAll() {
        while (step()) {
            // step() does the work
        }
    }

    /** How many tasks wait. */
    public int waiting() {
        synchronized (tasks) {
            return tasks.size();
        }
    }
}
