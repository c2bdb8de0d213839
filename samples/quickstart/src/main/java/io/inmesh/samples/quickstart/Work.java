package io.inmesh.samples.quickstart;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads of a pod, and how long a request keeps it busy. */
final class Work implements Executor {
    private static final int THREADS = 2;

    private final String podName;
    private final Duration perRequest;
    private final ScheduledThreadPoolExecutor threads;

    Work(String podName, Duration perRequest) {
        this.podName = podName;
        this.perRequest = perRequest;
        threads = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, podName);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whose work it is: what every answer says. */
    String podName() {
        return podName;
    }

    /** Works on a request, then answers it. */
    void whenDone(Runnable answer) {
        try {
            threads.schedule(answer, perRequest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            ignoreIfKilled(e);
        }
    }

    @Override
    public void execute(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            ignoreIfKilled(e);
        }
    }

    private void ignoreIfKilled(RejectedExecutionException e) {
        if (!threads.isShutdown()) {
            throw e;
        }
        // A dead process works on nothing.
    }

    /** Whatever is being worked on is never answered. */
    void kill() {
        threads.shutdownNow();
    }
}
