package io.inmesh.api.time;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Runs tasks now or later, on threads of its own. Behind an interface so that tests can single-step it.
 *
 * <p>Threads: any may call; tasks must not block for long. What a task throws goes to its thread's handler of uncaught exceptions,
 * and the next task runs.
 */
public interface Scheduler extends Executor, AutoCloseable {

    /**
     * Runs a task once after a delay, however long; at once if it is not above zero.
     *
     * @return takes the task back if it has not begun
     */
    Cancellable schedule(Runnable task, Duration delay);

    /**
     * The same for what somebody waits for who does nothing else meanwhile, such as a request between two attempts. A scheduler that a test plays may
     * let that time pass by itself, where nobody would be left to let it pass.
     *
     * @return takes the task back if it has not begun
     */
    default Cancellable pause(Runnable then, Duration delay) {
        return schedule(then, delay);
    }

    /** Ends its threads once what {@link #execute} was given before has begun; timers and later tasks are dropped. */
    @Override
    void close();

    /** A scheduler on daemon threads of the JVM, to be closed by whoever asked for it. */
    static Scheduler system(String name) {
        return new SystemScheduler(name);
    }

    /** A task that may be taken back. */
    @FunctionalInterface
    interface Cancellable {

        /** Takes the task back if it has not begun; otherwise nothing happens. */
        void cancel();
    }
}
