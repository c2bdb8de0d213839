package io.inmesh.spring.cloud;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.loadbalancer.Request;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Carries Spring Cloud's request object from where it is made, deep inside its filter, out to where the caller's giving up can be heard.
 *
 * <p>Threads: one after the other, as Reactor calls.
 */
final class RunningRequest {
    private volatile @Nullable Request<?> request;

    /** The one that waits to be filled; one that nobody waits for if there is none. */
    static RunningRequest of(ContextView view) {
        RunningRequest waiting = view.getOrDefault(RunningRequest.class, null);
        return waiting == null ? new RunningRequest() : waiting;
    }

    Context addedTo(Context context) {
        return context.put(RunningRequest.class, this);
    }

    void isFor(Request<?> made) {
        request = made;
    }

    /** The caller has given up. */
    void cancelled(LeaseLifecycle leases) {
        Request<?> running = request;
        if (running != null) {
            leases.cancelled(running);
        }
    }
}
