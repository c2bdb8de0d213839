package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import java.time.Duration;

/**
 * Whether a namespace may be watched as a whole, as far as is known: Roles can admit single services by name (rule R-4). Where it was
 * forbidden it is tried again after a time, since it may have been forbidden only because nothing was allowed yet.
 *
 * <p>Threads: the lane, but for {@link #close}.
 */
final class WideRight {
    static final Duration ASK_AGAIN = Duration.ofMinutes(5);

    private final ListWatch.Place place;
    private final CancelSlot askAgain = new CancelSlot();
    private boolean forbidden; // Touched on the lane only.

    WideRight(ListWatch.Place place) {
        this.place = place;
    }

    boolean isForbiddenOnLane() {
        return forbidden;
    }

    /**
     * It was forbidden.
     *
     * @param again called on the lane when it may be tried again
     */
    void forbiddenOnLane(Runnable again) {
        forbidden = true;
        Runnable allow = () -> {
            forbidden = false;
            again.run();
        };
        askAgain.put(place.scheduler().schedule(() -> place.lane().execute(allow), ASK_AGAIN));
    }

    /** From any thread. */
    void close() {
        askAgain.close();
    }
}
