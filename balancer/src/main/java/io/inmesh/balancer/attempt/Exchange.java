package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;

/**
 * One request of some client library that blocks, as {@link Attempts#call} sends it.
 *
 * <p>Threads: the caller's; where attempts are timed or hedged, several at the same time.
 *
 * @param <T> the library's answer; never null
 * @param <E> the library's exception
 */
public interface Exchange<T, E extends Exception> {

    /**
     * Sends the request to the lease's endpoint and waits for an answer's beginning. A {@link RuntimeException} or {@link Error} is taken for a
     * mistake: nothing is sent again.
     */
    T send(Lease lease) throws E;

    /**
     * Takes back what was sent there, as by closing the connection, so that the thread that is in {@link #send} returns; it is interrupted as
     * well. Called where attempts are timed or hedged, by another thread.
     */
    default void cancel(Lease lease) {}

    /** What an answer means. */
    Outcome outcomeOf(T answer);

    /** What an exception that {@link #send} threw means, and what the endpoint may have seen by then. */
    Outcome outcomeOf(Exception error);

    /**
     * An answer that will not be used, because the request is sent again, or another answer was first. Must not wait, as for the rest of a body: what
     * comes next waits for it.
     */
    default void discard(T answer) {}

    /**
     * True if an answer takes its lease along, to complete it when it has been read; otherwise the lease ends as soon as the answer is there.
     * Leases of attempts without an answer, and of answers that are discarded, end by themselves in any case.
     */
    default boolean keepsLease() {
        return false;
    }

    /**
     * The library's exception for what no endpoint said.
     *
     * @param reason a {@link io.inmesh.api.RejectedException} where there is no endpoint, a {@link java.util.concurrent.TimeoutException} where
     *     there was no answer in time, an {@link InterruptedException}, whose flag is set again, an {@link
     *     io.inmesh.balancer.fault.InjectedFaultException}
     */
    E failure(Exception reason);
}
