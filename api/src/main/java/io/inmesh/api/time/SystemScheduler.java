package io.inmesh.api.time;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Two daemon threads: tasks are short, and one that is not must not hold up every timer of the mesh. */
final class SystemScheduler implements Scheduler {
    private static final int THREADS = 2;

    private final ScheduledThreadPoolExecutor executor;

    /** Written by close alone; read by whoever gives a task and by timers before they begin. */
    private volatile boolean closed;

    SystemScheduler(String name) {
        AtomicInteger count = new AtomicInteger();
        executor = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // It rejects only once it is shut down, and tasks given then are dropped, as documented.
        executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    @Override
    public void execute(Runnable task) {
        Runnable guarded = guarded(task);
        if (!closed) {
            executor.execute(guarded);
        }
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        Runnable guarded = guarded(task);
        if (closed) {
            return () -> {};
        }
        // The executor would run timers that were due before it was shut down.
        Runnable unlessClosed = () -> {
            if (!closed) {
                guarded.run();
            }
        };
        // Converted so that a delay of more nanoseconds than a long holds is the longest one instead of an error.
        long delayNanos = TimeUnit.NANOSECONDS.convert(delay);
        Future<?> future = executor.schedule(unlessClosed, delayNanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    /** The executor would keep to itself what tasks throw. */
    private static Runnable guarded(Runnable task) {
        Objects.requireNonNull(task, "task");
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        };
    }

    /** A mesh that closes tells its balancers so by lane tasks, and what is due already, a shut down executor still runs. */
    @Override
    public void close() {
        closed = true;
        executor.shutdown();
    }
}
