package io.inmesh.api.lane;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A serial queue of tasks without a thread of its own: tasks run one after the other, in the order given, each seeing what the one
 * before it wrote. Every change on the control side of a balancer happens on its lane; requests never touch it.
 *
 * <p>Fields that only lane tasks touch need no guard; methods that must run there say so in their name and call {@link
 * #assertOnLane()}.
 */
public interface Lane extends Executor {

    /** Queues a task. Never runs it before returning to a caller that is itself on the lane. */
    @Override
    void execute(Runnable task);

    /**
     * Checks that the calling thread is running a task of this lane.
     *
     * @throws IllegalStateException if it is not
     */
    void assertOnLane();

    /**
     * A lane whose tasks run on threads of that executor.
     *
     * @param executor runs the lane while it has tasks
     * @param onError hears what a task threw; the lane goes on with the next one. If the executor rejects the lane, the tasks waiting
     *     are dropped and this hears of each
     */
    static Lane on(Executor executor, Consumer<Throwable> onError) {
        return new SerialLane(executor, onError);
    }
}
