package io.inmesh.resolver.kubernetes;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.snapshot.Snapshot;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier life of this process knew of one target. It is read when the resolver starts, and told once, stale, if the cluster
 * cannot be asked or has said nothing for {@link #PATIENCE}; with the first thing that the cluster itself says it is over.
 *
 * <p>Threads: the lane, but for {@link #close}.
 */
final class EarlierLife {
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final @Nullable PlacedSnapshots snapshots; // Null if none are kept.
    private final CancelSlot patience = new CancelSlot();

    // All below are touched on the lane only.
    private boolean reading;
    private boolean impatient;
    private boolean over;
    private @Nullable Snapshot found;

    EarlierLife(@Nullable PlacedSnapshots snapshots) {
        this.snapshots = snapshots;
    }

    /** Begins to read. Calls back on the lane when something may have to be told that was not told before. */
    void startOnLane(Scheduler scheduler, Executor lane, Runnable again) {
        if (snapshots == null) {
            return;
        }
        reading = true;
        patience.put(scheduler.schedule(
                () -> lane.execute(() -> {
                    impatient = true;
                    again.run();
                }),
                PATIENCE));
        snapshots.readOnLane(snapshot -> lane.execute(() -> {
            reading = false;
            found = snapshot;
            again.run();
        }));
    }

    /** True if what is to be told should come behind a set that is still being read; but a disk that hangs hides nothing for ever. */
    boolean isAwaitedOnLane() {
        return reading && !impatient && !over;
    }

    /**
     * What is to be told now, once; null if nothing is. A set with nothing usable in it is none: that would only turn waiting for the cluster
     * into a refusal.
     *
     * @param troubled whether the cluster cannot be asked
     */
    @Nullable
    Snapshot takeOnLane(boolean troubled) {
        Snapshot snapshot = found;
        if (over || snapshot == null || !(troubled || impatient)) {
            return null;
        }
        found = null;
        return snapshot.set().nothingUsable() == null ? snapshot : null;
    }

    /** The cluster said this set, and whether this client's place had a say in it. */
    void keepOnLane(EndpointSet live, boolean placed) {
        endOnLane();
        if (snapshots != null) {
            snapshots.keepOnLane(live, placed);
        }
    }

    /** The cluster said that there is no set. */
    void forgetOnLane() {
        endOnLane();
        if (snapshots != null) {
            snapshots.forgetOnLane();
        }
    }

    private void endOnLane() {
        over = true;
        found = null;
        patience.close();
    }

    /** From any thread. */
    void close() {
        patience.close();
        if (snapshots != null) {
            snapshots.close();
        }
    }
}
