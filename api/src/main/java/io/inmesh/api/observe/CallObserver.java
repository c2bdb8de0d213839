package io.inmesh.api.observe;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;

/**
 * Hears one call, from its beginning to its end with all its attempts, for traces. Given out by {@link
 * BalancerObserver#calling}.
 *
 * <p>Threads: {@link #attempt} and what is told of attempts come one after the other, on whichever threads the call's events come. It must be quick.
 */
public interface CallObserver {

    /** One that does nothing. */
    CallObserver NONE = new CallObserver() {};

    /** An attempt begins at that endpoint; others may run. */
    default AttemptObserver attempt(Endpoint endpoint) {
        return AttemptObserver.NONE;
    }

    /**
     * The call has ended, behind all its attempts. Called once.
     *
     * @param attempts how many there were; 0 if it got no endpoint
     * @param outcome what its caller gets
     */
    default void ended(int attempts, Outcome outcome) {}

    /** Hears one attempt. */
    interface AttemptObserver {

        /** One that does nothing. */
        AttemptObserver NONE = outcome -> {};

        /** The attempt has ended: at the beginning of its answer if there is one, and of gRPC with its stream. Called once. */
        void ended(Outcome outcome);
    }
}
