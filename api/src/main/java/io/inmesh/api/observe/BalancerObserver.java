package io.inmesh.api.observe;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Outcome;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Hears what balancers do, for metrics, logs and tests. Every method does nothing unless overridden. Given to {@code
 * Mesh.builder().observer(...)}.
 *
 * <pre>{@code
 * BalancerObserver printing = new BalancerObserver() {
 *     @Override
 *     public void setChanged(Target target, EndpointSet set) {
 *         System.out.println(target + " has " + set.endpoints().size() + " endpoints");
 *     }
 * };
 * }</pre>
 *
 * <p>Threads: control events come from lanes, {@code rejected}, {@code fellBack}, {@code completed}, {@code repeated} and what follows
 * it from the threads of requests, many at once. An observer that throws is logged once and cannot break a pick.
 */
public interface BalancerObserver {

    /** One that does nothing. */
    BalancerObserver NONE = new BalancerObserver() {
        @Override
        public boolean readsCalls() {
            return false;
        }
    };

    /**
     * True if {@link #completed} wants the time a request took; without it requests are timed only where a policy needs it. Asked each time a picker
     * is made.
     */
    default boolean readsLatency() {
        return false;
    }

    /**
     * True if {@link #called} or {@link #calling} is listened to. While nobody does, and nothing is set of attempts, a gRPC call passes its channel
     * without an object of ours that lives as long as it does. Asked each time a set or a setting changes; say false if neither is overridden.
     */
    default boolean readsCalls() {
        return true;
    }

    /**
     * A resolver of the target begins.
     *
     * @param ages tells from now on, whenever it is asked and from any thread, how fresh what the resolver tells is; gauges read it
     */
    default void watching(Target target, Supplier<List<WatchAge>> ages) {}

    /**
     * That resolver of the target has ended; called once for each {@link #watching}, from whichever thread ended it. Others of the same
     * target may go on: each channel of gRPC has one, and a channel that goes idle begins another before it ends the first.
     *
     * @param ages the object that {@link #watching} was given, which tells nothing any more
     */
    default void unwatched(Target target, Supplier<List<WatchAge>> ages) {}

    /** The resolver published another set. */
    default void setChanged(Target target, EndpointSet set) {}

    /** The resolver has no set to give; a known set may still be in use ({@link io.inmesh.api.Reason#replacesKnownSet()}). */
    default void unresolved(Target target, Unresolved unresolved) {}

    /**
     * Another picker is in use.
     *
     * @param policy the policy that made it
     * @param candidates how many endpoints it chooses from
     */
    default void pickerPublished(Target target, String policy, int candidates) {}

    /** Health took an endpoint out for that long. */
    default void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {}

    /** An ejected endpoint came back. */
    default void restored(Target target, Endpoint endpoint) {}

    /**
     * A balancer does something simpler than it was told, because what that goes by is missing: load reports, or answers to probes. Told for
     * each request so placed, or each time a picker is made so.
     *
     * @param why what is missing and what is done instead; one of a few texts
     */
    default void fellBack(Target target, String why) {}

    /**
     * A door has connected to an endpoint outside of its part, because somebody stays with it: a session, or this process. It is outside of the
     * subset, or drains. The connection is closed once nobody has used it for a while.
     */
    default void connectedOutside(Target target, Endpoint endpoint) {}

    /** A request got no endpoint. */
    default void rejected(Target target, Rejection rejection) {}

    /**
     * A request on an endpoint ended.
     *
     * @param latencyNanos time to the answer, of a stream to its first message, in nanoseconds; -1 if it was not measured, or there was no message
     */
    default void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {}

    /**
     * A request on an endpoint ended whose answer is a stream: told here in the place of {@link #completed}, and handed on to that by default. For
     * those who judge endpoints by their latency: when the first message of a stream comes is as often up to what there is to say.
     *
     * @param latencyNanos time to the first message in nanoseconds; -1 if it was not measured, there was none, or the caller speaks as well. Of
     *     a request that was not timed nobody may know that it was a stream: then {@link #completed} is told, with -1
     */
    default void completedStream(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
        completed(target, endpoint, outcome, latencyNanos);
    }

    /** A request is repeated on another endpoint after that one failed it. */
    default void repeated(Target target, Endpoint failed, Outcome outcome) {}

    /** A request that has no answer yet is sent to that endpoint besides. */
    default void hedged(Target target, Endpoint endpoint) {}

    /** A request that is safe to send again, or to hedge, is not. */
    default void withheld(Target target, Withheld why) {}

    /**
     * A call begins that goes through {@code Mesh.attempts} or a gRPC channel. Of gRPC for certain only by those that say {@link #readsCalls}.
     *
     * @return hears of its attempts and of its end. Asked on the caller's thread, but for calls of a gRPC channel that has not heard of its service yet:
     *     these wait, and go on on a thread of the channel's executor
     */
    default CallObserver calling(Target target) {
        return CallObserver.NONE;
    }

    /**
     * A request has ended, with all its attempts. Heard for certain only by those that say {@link #readsCalls}.
     *
     * @param attempts how many there were; 0 if it got no endpoint
     * @param outcome that of the attempt whose answer or failure the caller gets
     */
    default void called(Target target, int attempts, Outcome outcome) {}

    /** Why an attempt that would be safe is not made. */
    enum Withheld {
        /** The service's budget is used up. */
        BUDGET,
        /** Too many requests of the service were hedged of late. */
        HEDGE_LIMIT,
        /** The wait before it would outlast the deadline. */
        DEADLINE,
        /** The endpoint said not to, or asked for a longer wait than anyone waits. */
        PUSHBACK
    }
}
