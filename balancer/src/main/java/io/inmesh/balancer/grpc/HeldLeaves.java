package io.inmesh.balancer.grpc;

import io.inmesh.api.Rejection;
import io.inmesh.balancer.guard.GuardedPicks;
import org.jspecify.annotations.Nullable;

/**
 * The leaves that a call's attempts have of what stands before the service, between the pick that asks for one and the stream that it is for: a pick may
 * be asked for the same attempt again, and of the last one no stream may come.
 *
 * <p>Threads: any; a pick for one attempt ends before the next one for it begins.
 */
final class HeldLeaves {
    /** Numbers of attempts are below this; those that are made once more for want of processing come after them. */
    private static final int NUMBERS = 16;

    private final GuardedPicks guard;

    // Guarded by this.
    private int held; // A bit for each attempt.
    private boolean ended;

    HeldLeaves(GuardedPicks guard) {
        this.guard = guard;
    }

    private static int bitOf(int number, boolean again) {
        return 1 << (Math.min(number, NUMBERS - 1) + (again ? NUMBERS : 0));
    }

    /** Asks for that attempt, unless it has leave; null if it has it then. */
    @Nullable
    Rejection ask(int number, boolean again) {
        synchronized (this) {
            if ((held & bitOf(number, again)) != 0) {
                return null;
            }
        }
        Rejection refused = guard.enter();
        if (refused == null) {
            keep(bitOf(number, again));
        }
        return refused;
    }

    private synchronized void keep(int bit) {
        if (ended) {
            guard.withdrawn();
        } else {
            held |= bit;
        }
    }

    /** That attempt is made, and ends its leave with itself; null if it has none. */
    synchronized @Nullable GuardedPicks take(int number, boolean again) {
        boolean had = (held & bitOf(number, again)) != 0;
        held &= ~bitOf(number, again);
        return had ? guard : null;
    }

    /** That attempt is not made as yet, and gives back what leave it has. */
    void giveBack(int number, boolean again) {
        GuardedPicks unused = take(number, again);
        if (unused != null) {
            unused.withdrawn();
        }
    }

    /** The call has ended: what is not used is given back. */
    synchronized void end() {
        ended = true;
        for (int unused = Integer.bitCount(held); unused > 0; unused--) {
            guard.withdrawn();
        }
        held = 0;
    }
}
