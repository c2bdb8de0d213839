package io.inmesh.api.testing;

import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One clock for reading time and for running timers: both move only when a test says so, on the test's own thread.
 *
 * <pre>{@code
 * FakeClock clock = new FakeClock();
 * clock.schedule(() -> System.out.println("a second has passed"), Duration.ofSeconds(1));
 * clock.advance(Duration.ofSeconds(1)); // prints
 * }</pre>
 *
 * <p>Threads: any may schedule and read; tasks run on the thread that calls {@link #runDue()} or {@link #advance(Duration)}.
 */
public final class FakeClock implements NanoClock, Scheduler {

    // All three are guarded by this; tasks run outside the lock, so they may schedule others.
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos).thenComparingLong(Timer::order));
    private final Queue<Runnable> ready = new ArrayDeque<>();
    private long nowNanos;
    private long ordered;

    private record Timer(Runnable task, long dueNanos, long order) {}

    @Override
    public synchronized long nanoTime() {
        return nowNanos;
    }

    @Override
    public synchronized void execute(Runnable task) {
        ready.add(task);
    }

    @Override
    public synchronized Cancellable schedule(Runnable task, Duration delay) {
        Timer timer = new Timer(task, nowNanos + Math.max(0, delay.toNanos()), ordered++);
        timers.add(timer);
        return () -> cancel(timer);
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    /** Runs what is due now, and what that makes due, until nothing is. */
    public void runDue() {
        for (Runnable task = next(Long.MIN_VALUE); task != null; task = next(Long.MIN_VALUE)) {
            task.run();
        }
    }

    /** Moves time on, stopping at each timer on the way to run it at its own moment. */
    public void advance(Duration by) {
        runDue();
        long until = nanoTime() + by.toNanos();
        for (Runnable task = next(until); task != null; task = next(until)) {
            task.run();
        }
        synchronized (this) {
            nowNanos = until;
        }
    }

    private synchronized @Nullable Runnable next(long untilNanos) {
        Runnable task = ready.poll();
        if (task != null) {
            return task;
        }
        Timer timer = timers.peek();
        if (timer == null || timer.dueNanos() > Math.max(untilNanos, nowNanos)) {
            return null;
        }
        timers.remove();
        nowNanos = Math.max(nowNanos, timer.dueNanos());
        return timer.task();
    }

    /** How many timers wait: after closing everything, a test expects 0. */
    public synchronized int timers() {
        return timers.size();
    }

    @Override
    public synchronized void close() {
        timers.clear();
        ready.clear();
    }
}
