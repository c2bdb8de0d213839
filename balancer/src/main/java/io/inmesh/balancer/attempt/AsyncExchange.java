package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import java.util.concurrent.CompletableFuture;

/**
 * One request of some client library that does not block, as {@link Attempts#send} sends it: to one endpoint after the other, or to several at
 * the same time.
 *
 * <p>Threads: any, one at a time for a request, but for answers that are still on their way to an attempt that was given up.
 *
 * @param <T> the library's answer; never null
 */
public interface AsyncExchange<T> {

    /**
     * Sends the request to the lease's endpoint; does not block. An exception thrown from here, instead of by the future, is taken for a
     * mistake: nothing is sent again.
     *
     * @return completes with the answer's beginning or its whole, as the library does. An attempt that is given up is cancelled by {@code
     *     cancel(true)} on this very future, which must release the connection
     */
    CompletableFuture<T> send(Lease lease);

    /**
     * This request, read by the mesh's classifier. Asked before anything is sent. By default itself, for an exchange that reads codes in a way of its own;
     * one that has been given none returns one that goes by it.
     */
    default AsyncExchange<T> classifiedBy(OutcomeClassifier mesh) {
        return this;
    }

    /** What an answer means. */
    Outcome outcomeOf(T answer);

    /** What an error that the future completed with means, and what the endpoint may have seen by then. */
    Outcome outcomeOf(Throwable error);

    /**
     * An answer that will not be used, because the request is sent again, or another answer was first. Must not wait, as for the rest of a body: what
     * comes next waits for it.
     */
    default void discard(T answer) {}

    /**
     * False once the request cannot be sent another time, such as when a body was begun that is there only once. Asked before each repeat and each
     * hedge.
     */
    default boolean canSendAgain() {
        return true;
    }

    /**
     * True if an answer takes its lease along, to complete it when it has been read; otherwise the lease ends as soon as the answer is there.
     * Leases of attempts without an answer, and of answers that are discarded, end by themselves in any case.
     */
    default boolean keepsLease() {
        return false;
    }

    /**
     * The error that a caller gets for what no endpoint said. Called once a request at most.
     *
     * @param reason a {@link io.inmesh.api.RejectedException} where there is no endpoint, a {@link java.util.concurrent.TimeoutException} where
     *     there was no answer in time, an {@link io.inmesh.balancer.fault.InjectedFaultException}
     */
    default Throwable failure(Exception reason) {
        return reason;
    }
}
