package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import java.time.Duration;
import org.slf4j.event.Level;

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

    // Both are touched on the lane only.
    private boolean forbidden;
    private boolean everForbidden;

    WideRight(ListWatch.Place place) {
        this.place = place;
    }

    boolean isForbiddenOnLane() {
        return forbidden;
    }

    /** How loudly to say that it is forbidden: it is tried again for ever, and people need to know once. */
    Level levelOnLane() {
        return everForbidden ? Level.DEBUG : Level.INFO;
    }

    /**
     * It was forbidden.
     *
     * @param again called on the lane when it may be tried again
     */
    void forbiddenOnLane(Runnable again) {
        forbidden = true;
        everForbidden = true;
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
