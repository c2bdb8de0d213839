package io.inmesh.resolver.kubernetes.watch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which lists were made because a version had become too old (rule W-5). The first is asked for at once. One more soon
 * after another waits as after a failure, whatever the watch between them told: a server that forgets versions as fast as it
 * hands them out is overloaded, and lists are what costs it most.
 *
 * <p>Threads: the lane.
 */
final class Relists {
    private static final Duration SOON = Duration.ofMinutes(2); // What counts as health otherwise (rule W-11).

    private boolean due;
    private boolean fresh; // What is watched now begins where a list ended, it is not resumed.
    private @Nullable Long lastNanos; // When the last one was whole, or null if there was none.

    /** One has to be made. */
    void dueOnLane() {
        due = true;
    }

    /** A list was whole, for whatever reason it was made. */
    void listedOnLane(long nowNanos) {
        fresh = true;
        if (due) {
            due = false;
            lastNanos = nowNanos;
        }
    }

    /** The exchange that runs is over. */
    void overOnLane() {
        fresh = false;
    }

    /**
     * True if one more must wait.
     *
     * @param worked the watch from the last list or version on told of something new, or lived for a while
     */
    boolean areTooManyOnLane(boolean worked, long nowNanos) {
        Long last = lastNanos;
        boolean inVain = fresh && !worked;
        return inVain || (last != null && nowNanos - last < SOON.toNanos());
    }
}
