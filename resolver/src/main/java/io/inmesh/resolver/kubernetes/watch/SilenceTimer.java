package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.time.Scheduler;
import java.time.Duration;

/**
 * Notices that nothing was heard for too long (rule W-13). One timer at a time: a sign of life moves no timer, it only makes the one
 * that runs out look again.
 *
 * <p>Threads: {@code OnLane} methods on the lane, the others anywhere.
 */
final class SilenceTimer {
    private final ListWatch.Place place;
    private final Runnable onSilence;
    private final CancelSlot timer = new CancelSlot();

    /** Written by the transport's threads with each piece, and by the lane; read on the lane. */
    private volatile long lastSignNanos;

    // Touched on the lane only.
    private Duration limit = Duration.ZERO;
    private long beginnings; // A timer of an earlier one says nothing.

    SilenceTimer(ListWatch.Place place, Runnable onSilence) {
        this.place = place;
        this.onSilence = onSilence;
    }

    /** Calls once, on the lane, when nothing was heard for so long, beginning now. Replaces an earlier limit. */
    void beginOnLane(Duration newLimit) {
        limit = newLimit;
        sign();
        runOnLane(++beginnings, newLimit);
    }

    /** Something was heard. */
    void sign() {
        lastSignNanos = place.clock().nanoTime();
    }

    void close() {
        timer.close();
    }

    /** How long it took, for texts. */
    Duration limit() {
        return limit;
    }

    private void runOnLane(long of, Duration left) {
        Scheduler.Cancellable next =
                place.scheduler().schedule(() -> place.lane().execute(() -> lookOnLane(of)), left);
        timer.put(next);
    }

    private void lookOnLane(long of) {
        if (of != beginnings) {
            return;
        }
        Duration left = limit.minusNanos(place.clock().nanoTime() - lastSignNanos);
        if (left.isNegative() || left.isZero()) {
            onSilence.run();
        } else {
            runOnLane(of, left);
        }
    }
}
