package io.inmesh.balancer;

import io.inmesh.api.time.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is to hear that a mesh is closed: doors that balance by themselves, and outlive it if nobody closes them.
 *
 * <p>Threads: any; listeners run without a lock.
 */
final class MeshEnd {
    private static final Logger log = LoggerFactory.getLogger(MeshEnd.class);

    /** By identity, since each is an object of its own. Guarded by this. */
    private final Set<Listening> listening = new LinkedHashSet<>();

    /** Guarded by this. */
    private boolean over;

    private static final class Listening {
        private final Runnable listener;

        private Listening(Runnable listener) {
            this.listener = listener;
        }
    }

    Scheduler.Cancellable listen(Runnable listener) {
        Listening one = new Listening(listener);
        synchronized (this) {
            if (!over) {
                listening.add(one);
                return () -> forget(one);
            }
        }
        listener.run();
        return () -> {};
    }

    synchronized boolean isOver() {
        return over;
    }

    private synchronized void forget(Listening one) {
        listening.remove(one);
    }

    /** Tells all, and from now on each that comes. */
    void tell() {
        List<Listening> told;
        synchronized (this) {
            over = true;
            told = new ArrayList<>(listening);
            listening.clear();
        }
        for (Listening each : told) {
            try {
                each.listener.run();
            } catch (RuntimeException e) {
                log.error("a door did not take in that its mesh is closed", e);
            }
        }
    }
}
