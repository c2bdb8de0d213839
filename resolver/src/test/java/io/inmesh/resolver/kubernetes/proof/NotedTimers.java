package io.inmesh.resolver.kubernetes.proof;

import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes everything on to another scheduler and notes for how long each task had been put off that has run. So what a recovery waited
 * for is known exactly, while how long it took is known only up to the time that passed while real connections were busy.
 *
 * <p>Threads: any.
 */
final class NotedTimers implements Scheduler {
    private final Scheduler scheduler;

    // Guarded by itself: written where timers run, read and emptied by tests.
    private final List<Duration> waited = new ArrayList<>();

    NotedTimers(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void execute(Runnable task) {
        scheduler.execute(task);
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        return scheduler.schedule(
                () -> {
                    synchronized (waited) {
                        waited.add(delay);
                    }
                    task.run();
                },
                delay);
    }

    /** How long those had been put off that have run since the last {@link #forget()}, in that order; those taken back are not among them. */
    List<Duration> waited() {
        synchronized (waited) {
            return List.copyOf(waited);
        }
    }

    void forget() {
        synchronized (waited) {
            waited.clear();
        }
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
