package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Rejection;

/**
 * One request of some client library, as {@link Attempts} sends it.
 *
 * @param <T> the library's answer
 * @param <E> the library's exception
 */
public interface Exchange<T, E extends Exception> {

    /**
     * Sends the request to the lease's endpoint and waits for an answer's beginning. The lease stays open: with an answer it becomes the
     * exchange's own, to be completed when the answer has been read; with an exception, or after {@link #discard}, it is completed by the caller.
     */
    T send(Lease lease) throws E;

    /** What an answer means. */
    Outcome outcomeOf(T answer);

    /** What an exception that {@link #send} threw means, and what the endpoint may have seen by then. */
    Outcome outcomeOf(Exception error);

    /** An answer that will not be used, because the request is sent again. */
    void discard(T answer);

    /** The library's exception for a request that got no endpoint, with the rejection's text. */
    E rejected(Rejection rejection);
}
