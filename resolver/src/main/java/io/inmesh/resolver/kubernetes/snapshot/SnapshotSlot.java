package io.inmesh.resolver.kubernetes.snapshot;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.Optional;

/**
 * When the file of one target is written: the first state at once, later ones at most every {@link #PAUSE}, the last one always. What does
 * not change is written again every {@link #RENEWAL} as long as it is in use, so that the age of a file tells how long ago its set was
 * in use, not how long ago it changed.
 *
 * <p>Threads: states come from anywhere; writing happens where it may block, one at a time.
 */
final class SnapshotSlot {
    static final Duration PAUSE = Duration.ofSeconds(5);
    static final Duration RENEWAL = Duration.ofDays(1);

    private static final Cancellable NONE = () -> {};

    private final SnapshotTarget target;
    private final SnapshotFiles files;
    private final Snapshots.Means means;
    private final Runnable idle;

    /** Held while the file is written, so that writes keep their order; taken before this, never inside it. */
    private final Object file = new Object();

    // All below are guarded by this.
    private int users;
    private Optional<EndpointSet> latest = Optional.empty(); // Empty: there is nothing to keep.
    private boolean unwritten; // The latest is not in the file yet.
    private boolean pausing; // A write is on its way, or was short ago: the timer that ends the pause looks again.
    private Cancellable renewal = NONE;

    /** Of no user yet; calls back when it has nothing to do and nobody uses it. */
    SnapshotSlot(SnapshotTarget target, SnapshotFiles files, Snapshots.Means means, Runnable idle) {
        this.target = target;
        this.files = files;
        this.means = means;
        this.idle = idle;
    }

    synchronized void enter() {
        users++;
    }

    void leave() {
        boolean over;
        synchronized (this) {
            over = --users == 0 && !pausing;
            if (users == 0) {
                stopRenewal();
            }
        }
        if (over) {
            idle.run();
        }
    }

    /** True if it can be dropped. */
    synchronized boolean isIdle() {
        return users == 0 && !pausing;
    }

    /** From now on this is the last state known; empty for a fact that replaces a set. */
    void tell(Optional<EndpointSet> state) {
        synchronized (this) {
            latest = state;
            unwritten = true;
            stopRenewal();
            if (pausing) {
                return;
            }
            pausing = true;
        }
        means.blocking().execute(this::writeAndPause);
    }

    private void stopRenewal() {
        renewal.cancel();
        renewal = NONE;
    }

    private void writeAndPause() {
        flush();
        Cancellable unused = means.blocking().schedule(this::goOn, PAUSE);
    }

    /** Writes what is not written yet, and waits for a write that is on its way. May block. */
    void flush() {
        synchronized (file) {
            boolean due;
            Optional<EndpointSet> state;
            synchronized (this) {
                due = unwritten;
                state = latest;
                unwritten = false;
            }
            if (due) {
                files.keep(target, state);
            }
        }
    }

    private void goOn() {
        boolean again;
        boolean over;
        synchronized (this) {
            again = unwritten;
            pausing = again;
            over = !again && users == 0;
            if (!again && users > 0 && latest.isPresent()) {
                renewal = means.blocking().schedule(this::renew, RENEWAL);
            }
        }
        if (again) {
            writeAndPause();
        } else if (over) {
            idle.run();
        }
    }

    private void renew() {
        synchronized (this) {
            if (pausing || users == 0) {
                return;
            }
            unwritten = true;
            pausing = true;
        }
        writeAndPause();
    }
}
