package io.inmesh.resolver.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What goes wrong, and when. Faults are tried in the order they were given; the first that meets a request and is not used up wins.
 *
 * <pre>{@code
 * server.faults().next(2, request -> request.is("watch", ResourceType.SERVICES), Fault.status(503));
 * }</pre>
 *
 * <p>Threads: any.
 */
public final class Faults {

    // Guarded by itself, as is what is left of each plan.
    private final List<Planned> planned = new ArrayList<>();

    // Written by tests, read by every watch before it sends.
    private volatile int pieces = 1;
    private volatile boolean bookmarksLost;

    Faults() {}

    /** A fault that has been planned. */
    public final class Planned {
        private final Predicate<ApiRequest> which;
        private final Fault fault;
        private long left;

        private Planned(long left, Predicate<ApiRequest> which, Fault fault) {
            this.left = left;
            this.which = which;
            this.fault = fault;
        }

        /** Meets no request from now on. */
        public void cancel() {
            synchronized (planned) {
                planned.remove(this);
            }
        }
    }

    /** Meets the next so many requests that fit. */
    public Planned next(int times, Predicate<ApiRequest> which, Fault fault) {
        if (times < 1) {
            throw new IllegalArgumentException("times: " + times + " (expected: 1 or more)");
        }
        return plan(new Planned(times, which, fault));
    }

    /** Meets every request that fits, until cancelled. */
    public Planned always(Predicate<ApiRequest> which, Fault fault) {
        return plan(new Planned(Long.MAX_VALUE, which, fault));
    }

    private Planned plan(Planned plan) {
        synchronized (planned) {
            planned.add(plan);
        }
        return plan;
    }

    /** Sends every line of a watch in that many chunks from now on; 1 is the usual (rule W-1). */
    public void splitLines(int intoPieces) {
        if (intoPieces < 1) {
            throw new IllegalArgumentException("pieces: " + intoPieces + " (expected: 1 or more)");
        }
        pieces = intoPieces;
    }

    /** Sends no bookmark from now on, not even those that were asked for (rule W-3 guarantees none). */
    public void loseBookmarks() {
        bookmarksLost = true;
    }

    /** Nothing goes wrong from now on. What running watches suffer already stays. */
    public void clear() {
        synchronized (planned) {
            planned.clear();
        }
        pieces = 1;
        bookmarksLost = false;
    }

    int pieces() {
        return pieces;
    }

    boolean bookmarksLost() {
        return bookmarksLost;
    }

    Optional<Fault> meeting(ApiRequest request) {
        synchronized (planned) {
            Optional<Planned> met =
                    planned.stream().filter(plan -> plan.which.test(request)).findFirst();
            met.filter(plan -> --plan.left == 0).ifPresent(planned::remove);
            return met.map(plan -> plan.fault);
        }
    }
}
