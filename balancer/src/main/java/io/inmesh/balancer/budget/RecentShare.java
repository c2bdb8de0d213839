package io.inmesh.balancer.budget;

import io.inmesh.api.time.NanoClock;

/**
 * A share of the requests of the last ten seconds. Whoever asks is counted before it is looked whether that is too many, and counted out
 * again if so: of any number of threads at once never too many are let through, some perhaps not that could be.
 *
 * <p>Threads: any.
 */
final class RecentShare {
    private static final long WHOLE = 100;

    private final int percent;
    private final RecentCounts requests;
    private final RecentCounts taken;

    RecentShare(int percent, NanoClock clock, long originNanos) {
        this.percent = percent;
        this.requests = new RecentCounts(clock, originNanos);
        this.taken = new RecentCounts(clock, originNanos);
    }

    void deposit() {
        requests.add(requests.slice());
    }

    /** Takes one, and tells the slice to give it back to; 0 if there is none. */
    long take() {
        long slice = taken.slice();
        taken.add(slice);
        if (taken.taken(slice) * WHOLE <= percent * requests.given(slice)) {
            return slice;
        }
        taken.remove(slice);
        return 0;
    }

    /** Gives one back that was not used. */
    void giveBack(long slice) {
        taken.remove(slice);
    }
}
