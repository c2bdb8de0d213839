package io.inmesh.balancer.grpc;

import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The first ready connection waits for those that are still being made, so that it does not get every call of the first moments.
 *
 * <p>Threads: the channel's synchronization context.
 */
final class Settling {
    /** Connections inside a cluster take a few milliseconds; one that takes longer than this is late. */
    private static final Duration LIMIT = Duration.ofMillis(100);

    private final Executor context;
    private final Runnable over;
    private boolean settled;
    private Scheduler.@Nullable Cancellable timer;

    /** Tells when the wait is over though connections are still being made. */
    Settling(Executor context, Runnable over) {
        this.context = context;
        this.over = over;
    }

    /** True if there is nothing to wait for any more. */
    boolean isOver(List<ConnectedMember> connected, Scheduler scheduler) {
        if (settled || connected.stream().noneMatch(ConnectedMember::isConnecting)) {
            end();
            settled = true;
        } else if (timer == null) {
            timer = scheduler.schedule(() -> context.execute(this::limitReached), LIMIT);
        }
        return settled;
    }

    private void limitReached() {
        if (timer != null) { // Else it was ended while this was on its way.
            timer = null;
            settled = true;
            over.run();
        }
    }

    /** Waits anew the next time. */
    void beginAnew() {
        end();
        settled = false;
    }

    /** Waits no more. */
    void end() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
