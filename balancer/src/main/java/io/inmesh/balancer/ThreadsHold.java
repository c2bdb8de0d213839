package io.inmesh.balancer;

import io.inmesh.balancer.attempt.AttemptResources;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps a mesh's threads until nobody needs them: balancers whose lanes still have to run, calls that wait for a timer, and the mesh itself until
 * it is closed. A lane that was about to run would stop in the middle otherwise.
 *
 * <p>Threads: any; moved by whoever opens and closes, by lanes and by calls.
 */
final class ThreadsHold implements AttemptResources.Hold {
    private final AtomicInteger holders = new AtomicInteger(1); // The mesh.
    private final Runnable closeThreads;

    ThreadsHold(Runnable closeThreads) {
        this.closeThreads = closeThreads;
    }

    @Override
    public boolean take() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    @Override
    public void release() {
        if (holders.decrementAndGet() == 0) {
            closeThreads.run();
        }
    }
}
