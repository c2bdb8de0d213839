package io.inmesh.balancer.grpc;

import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what changes at many connections at once, since what follows from it takes longer the more there are: a table for a thousand endpoints takes
 * milliseconds, and a thousand connections become ready within a second. The first change after a quiet time is followed at once, behind those that are
 * queued already; then there is a rest, of a large set at least, and after what took long.
 *
 * <p>Threads: the channel's synchronization context.
 */
final class Gathering {
    /** Sets no larger than this have no rest for their size. */
    static final int SMALL = 100;

    /** How long a larger one rests at least. */
    static final Duration REST = Duration.ofMillis(10);

    /** So many times as long as the last took: it is a fifth of the channel's own time at most. */
    private static final int TIMES = 4;

    /** Calls may be waiting. */
    private static final Duration LONGEST = Duration.ofMillis(250);

    private final Executor context;
    private final Runnable follow;
    private boolean queued;
    private Scheduler.@Nullable Cancellable timer;
    private long restsUntilNanos;
    private boolean rests;

    /** Runs this in the context. */
    Gathering(Executor context, Runnable follow) {
        this.context = context;
        this.follow = follow;
    }

    /** Something has changed, which is to be followed. */
    void changed(NanoClock clock, Scheduler scheduler) {
        if (queued || timer != null) {
            return;
        }
        long left = rests ? restsUntilNanos - clock.nanoTime() : 0;
        if (left > 0) {
            timer = scheduler.schedule(() -> context.execute(this::restIsOver), Duration.ofNanos(left));
        } else {
            queued = true;
            context.execute(this::atOnce);
        }
    }

    private void restIsOver() {
        if (timer != null) { // Else it was followed, or ended, while this was on its way.
            timer = null;
            follow.run();
        }
    }

    private void atOnce() {
        if (queued) {
            queued = false;
            follow.run();
        }
    }

    /** All changes until now are seen to by somebody else, or by nobody any more. */
    void begin() {
        queued = false;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** They were followed, for so many members, from then to now. */
    void done(int members, long sinceNanos, long nowNanos) {
        long least = members > SMALL ? REST.toNanos() : 0;
        long rest = Math.min(LONGEST.toNanos(), Math.max(least, TIMES * (nowNanos - sinceNanos)));
        rests = rest > 0;
        restsUntilNanos = nowNanos + rest;
    }
}
