package io.inmesh.balancer.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import org.jspecify.annotations.Nullable;

/**
 * Hears how a stream goes, and tells from that how it ended. The lease that goes with it is kept by {@link CallAttempt} for calls that we see as a
 * whole, and by {@link LoneStream} for others.
 *
 * <p>Threads: gRPC's transport calls one after the other, {@code streamClosed} last, but not always from the same thread: hence volatile.
 */
abstract class LeaseTracer extends ClientStreamTracer {
    private final Place place;
    private volatile boolean sent;
    private volatile boolean spoken;
    private volatile boolean endedByPeer;

    LeaseTracer(Place place) {
        this.place = place;
    }

    /** Where the call wants to be told who serves it, or null. */
    abstract @Nullable ServedBy served();

    /** By when the call must have ended, or null. */
    abstract @Nullable Deadline deadline();

    final Place place() {
        return place;
    }

    final Endpoint endpoint() {
        return place.endpoint();
    }

    /** True if anything of it may have left this process. */
    final boolean wasSent() {
        return sent;
    }

    /** True if the peer has begun to answer. */
    final boolean hasSpoken() {
        return spoken;
    }

    final void noteSpoken() {
        spoken = true;
    }

    /** It is to be taken for sent. */
    final void noteSent() {
        sent = true;
    }

    final void tellServed() {
        ServedBy served = served();
        if (served != null) {
            served.is(endpoint());
        }
    }

    @Override
    public void outboundHeaders() {
        sent = true;
    }

    @Override
    public void inboundHeaders(Metadata headers) {
        noteSpoken();
        tellServed();
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        endedByPeer = true;
        tellServed();
    }

    /** What an end with that status means. */
    final Outcome outcomeOf(Status closed) {
        Delivery delivery = sent ? Delivery.SENT : Delivery.NOT_SENT;
        Status.Code code = isLate(closed.getCode()) ? Status.Code.DEADLINE_EXCEEDED : closed.getCode();
        if (code == Status.Code.DEADLINE_EXCEEDED && isPatient()) {
            return Outcome.CANCELLED; // A stream that went on until its caller had enough was not too slow.
        }
        if (code == Status.Code.RESOURCE_EXHAUSTED && spoken && !endedByPeer) {
            return Outcome.CLIENT_ERROR; // The answer is larger than this side takes: the peer has not too much to do.
        }
        // Without trailers the status is this side's own word for a connection that broke: the peer gave no code.
        boolean local = !endedByPeer && isFailure(code);
        int told = local ? OutcomeClassifier.NO_CODE : code.value();
        return place.classifier().classify(Wire.GRPC, told, closed.getCause(), delivery);
    }

    /** True if a long silence says nothing: of a conversation the peer may have nothing to say yet, of a stream it has begun to answer. */
    private boolean isPatient() {
        return place.pace() == Pace.CONVERSATION || (place.pace() == Pace.STREAM && spoken);
    }

    /** A call whose deadline has passed takes its streams back, and does not tell them why. */
    private boolean isLate(Status.Code code) {
        if (code != Status.Code.CANCELLED || endedByPeer) {
            return false;
        }
        Deadline deadline = deadline();
        return deadline != null && deadline.isExpired();
    }

    private static boolean isFailure(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
    }
}
