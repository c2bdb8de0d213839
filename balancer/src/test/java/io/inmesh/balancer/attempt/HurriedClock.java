package io.inmesh.balancer.attempt;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A clock on which a wait is over as soon as it begins: for calls that wait on the very thread that would have to move time. */
final class HurriedClock implements NanoClock, Scheduler {
    private final FakeClock clock = new FakeClock();
    private final List<Duration> waits = new ArrayList<>();

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public void execute(Runnable task) {
        clock.execute(task);
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        waits.add(delay);
        clock.advance(delay);
        task.run();
        return () -> {};
    }

    /** How long was waited so far, each time. */
    List<Duration> waits() {
        return waits;
    }

    void runDue() {
        clock.runDue();
    }

    @Override
    public void close() {
        clock.close();
    }
}
