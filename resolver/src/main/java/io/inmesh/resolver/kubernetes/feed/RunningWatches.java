package io.inmesh.resolver.kubernetes.feed;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Watches that run, so that all can be ended at once and without the lane.
 *
 * <p>Threads: watches begin and end on the lane; {@link #close} from anywhere.
 */
final class RunningWatches {
    private final Set<ServicesWatch<?, ?, ?>> running = ConcurrentHashMap.newKeySet();

    private volatile boolean closed; // Written by whoever closes, read on the lane behind each start.

    void startOnLane(ServicesWatch<?, ?, ?> watch) {
        running.add(watch);
        watch.start();
        if (closed) { // Either this sees that it is closed, or whoever closes sees the watch.
            watch.close();
        }
    }

    void endOnLane(ServicesWatch<?, ?, ?> watch) {
        watch.close();
        running.remove(watch);
    }

    /** Ends all, and every one that begins later. */
    void close() {
        closed = true;
        running.forEach(ServicesWatch::close);
    }
}
