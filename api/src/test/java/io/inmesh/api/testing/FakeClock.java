package io.inmesh.api.testing;

import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
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
 * <p>Threads: any may schedule and read; tasks run on the thread that calls {@link #runDue()} or {@link #advance(Duration)}, and what
 * they throw reaches that thread.
 */
public final class FakeClock implements NanoClock, Scheduler {

    // All are guarded by this; tasks run outside the lock, so they may schedule others.
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos).thenComparingLong(Timer::order));
    private final Queue<Runnable> ready = new ArrayDeque<>();
    private long nowNanos;
    private long ordered;
    private boolean closed;

    private record Timer(Runnable task, long dueNanos, long order) {}

    @Override
    public synchronized long nanoTime() {
        return nowNanos;
    }

    @Override
    public synchronized void execute(Runnable task) {
        if (!closed) {
            ready.add(task);
        }
    }

    @Override
    public synchronized Cancellable schedule(Runnable task, Duration delay) {
        if (closed) {
            return () -> {};
        }
        Timer timer = new Timer(task, after(delay), ordered++);
        timers.add(timer);
        return () -> cancel(timer);
    }

    /** That long from now; the last moment there is, if it is beyond. */
    private synchronized long after(Duration delay) {
        long delayNanos = Math.max(0, TimeUnit.NANOSECONDS.convert(delay));
        return delayNanos > Long.MAX_VALUE - nowNanos ? Long.MAX_VALUE : nowNanos + delayNanos;
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
        if (by.isNegative()) {
            throw new IllegalArgumentException("by: " + by + " (expected: 0 or more; this clock never goes back)");
        }
        runDue();
        long until = after(by);
        for (Runnable task = next(until); task != null; task = next(until)) {
            task.run();
        }
        synchronized (this) {
            nowNanos = Math.max(nowNanos, until); // A task may have moved it further.
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
        closed = true;
        timers.clear();
    }
}
