package io.inmesh.api.lane;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue and a count of what is in it. Whoever raises the count from zero hands the lane to the executor; the thread that drains
 * lowers the count after each task and leaves when it reaches zero, so exactly one thread drains at a time and no task is left
 * behind. The count is also the fence between one task's writes and the next one's reads.
 */
final class SerialLane implements Lane {
    private final Executor executor;
    private final Consumer<Throwable> onError;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /** The draining thread, written and cleared by itself; a thread only ever compares it with itself. */
    private volatile @Nullable Thread drainer;

    SerialLane(Executor executor, Consumer<Throwable> onError) {
        this.executor = executor;
        this.onError = onError;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (size.getAndIncrement() == 0) {
            try {
                executor.execute(this::drain);
            } catch (RejectedExecutionException e) {
                // Nobody will drain: empty the lane, so that the next task asks the executor again.
                do {
                    tasks.remove();
                    report(e);
                } while (size.decrementAndGet() > 0);
            }
        }
    }

    private void drain() {
        drainer = Thread.currentThread();
        do {
            Runnable task = tasks.remove();
            try {
                task.run();
            } catch (Throwable e) {
                report(e);
            }
            if (size.get() == 1) {
                // About to leave, perhaps: no longer the drainer once the count is zero and another thread may start.
                drainer = null;
            }
        } while (leftAfterOne() > 0);
    }

    /** A listener that throws must not end the lane either: what it throws goes where the thread's own failures go. */
    private void report(Throwable error) {
        try {
            onError.accept(error);
        } catch (Throwable e) {
            e.addSuppressed(error);
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private int leftAfterOne() {
        int left = size.decrementAndGet();
        if (left > 0) {
            drainer = Thread.currentThread();
        }
        return left;
    }

    @Override
    public void assertOnLane() {
        if (drainer != Thread.currentThread()) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName()
                    + " is not on the lane (expected: a task given to Lane.execute)");
        }
    }
}
