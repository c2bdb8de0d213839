package io.inmesh.spring.http;

import io.inmesh.api.Outcome.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one attempt's way to the peer: the proof, if there is one, that nothing was sent. Nothing was if no byte was ever
 * handed to an open connection after the request had been given one; a connection that the peer closed while it was idle is the usual case.
 *
 * <p>Written by whoever sends and writes the body, read by whoever decides what follows after the attempt has failed.
 */
public abstract class Sending {
    private volatile boolean bodyBegun;
    private volatile @Nullable Throwable bodyFailure;

    /** Whether a byte may have been sent. */
    public abstract boolean isSent();

    /** The body is being written. */
    public final void bodyBegun() {
        bodyBegun = true;
    }

    /** The body could not be told: no endpoint is to blame. */
    public final void bodyFailed(Throwable error) {
        bodyFailure = error;
    }

    /**
     * What the endpoint may have seen.
     *
     * @param repeatable whether the request's body, if it has one, can be written again: one that was begun and cannot counts as sent, for it
     *     cannot be sent elsewhere
     */
    public final Delivery delivery(boolean repeatable) {
        return isSent() || (bodyBegun && !repeatable) ? Delivery.SENT : Delivery.NOT_SENT;
    }

    /** What the body's writer threw, or null. May be the cause of a failed attempt, or the consequence of one. */
    public final @Nullable Throwable bodyFailure() {
        return bodyFailure;
    }
}
