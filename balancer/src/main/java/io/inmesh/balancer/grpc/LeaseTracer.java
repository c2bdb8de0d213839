package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.balancer.state.Member;
import org.jspecify.annotations.Nullable;

/**
 * A stream's lease. For calls that we see as a whole it begins when the stream is made, so that a burst of calls sees itself; for others,
 * whose end we would not hear of if they never started, when the headers go out.
 *
 * <p>Threads: gRPC's transport calls one after the other, {@code streamClosed} last, but not always from the same thread: hence volatile.
 */
final class LeaseTracer extends ClientStreamTracer {
    private final Place place;
    private final CallOptions options;
    private volatile @Nullable TokenReturn tells;
    private volatile @Nullable Lease lease;
    private volatile boolean sent;
    private volatile boolean answeredByPeer;
    private volatile boolean spoken;

    /**
     * What all streams of a kind to a member have in common: told once, so that a stream costs no more than its own.
     *
     * @param member where they run
     * @param pace what their time says
     * @param classifier what their ends mean
     */
    record Place(Member member, Pace pace, OutcomeClassifier classifier) {}

    private LeaseTracer(Place place, CallOptions options, @Nullable TokenReturn tells) {
        this.place = place;
        this.options = options;
        if (tells != null) { // A new object needs no volatile write for nothing.
            this.tells = tells;
        }
    }

    /**
     * The tracer of a stream there.
     *
     * @param options the call's
     * @param tells what to tell of the session with the answer
     */
    static ClientStreamTracer of(
            Place place, @Nullable CallAttempts attempts, CallOptions options, @Nullable TokenReturn tells) {
        LeaseTracer tracer = new LeaseTracer(place, options, tells);
        if (attempts != null) {
            Lease begun = attempts.begin(place.member);
            if (begun == null) {
                return new ClientStreamTracer() {};
            }
            tracer.hold(begun);
        }
        tracer.tellServed();
        return tracer;
    }

    private void hold(Lease begun) {
        if (place.pace != Pace.SINGLE) {
            begun.streams();
        }
        lease = begun;
    }

    private void tellServed() {
        ServedBy served = options.getOption(MeshChannels.SERVED_BY);
        if (served != null) {
            served.is(place.member.endpoint());
        }
    }

    @Override
    public void outboundHeaders() {
        sent = true;
        if (lease == null) {
            hold(place.member.begin());
        }
    }

    @Override
    public void inboundHeaders(Metadata headers) {
        answerBegins(headers);
    }

    @Override
    public void inboundMessage(int seqNo) {
        spoken = true;
        Lease held = lease;
        // In a conversation the first word comes when the caller has said what it answers to.
        if (held != null && place.pace != Pace.CONVERSATION) {
            held.answered();
        }
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        answeredByPeer = true;
        answerBegins(trailers);
    }

    /** With headers, or with trailers where those are all. What is written into them the caller reads. */
    private void answerBegins(Metadata metadata) {
        tellServed();
        TokenReturn token = tells;
        if (token != null) {
            tells = null;
            token.into(metadata);
        }
    }

    @Override
    public void streamClosed(Status status) {
        Lease held = lease;
        if (held != null) {
            Outcome outcome = outcomeOf(status);
            held.complete(outcome);
            CallAttempts attempts = options.getOption(CallAttempts.KEY);
            if (attempts != null) {
                attempts.attemptEnded(place.member, outcome);
            }
        }
    }

    private Outcome outcomeOf(Status status) {
        Delivery delivery = sent ? Delivery.SENT : Delivery.NOT_SENT;
        Status.Code code = isLate(status.getCode()) ? Status.Code.DEADLINE_EXCEEDED : status.getCode();
        if (code == Status.Code.DEADLINE_EXCEEDED && spoken && place.pace != Pace.SINGLE) {
            return Outcome.CANCELLED; // A stream that went on until its caller had enough was not too slow.
        }
        // Without trailers the status is this side's own word for a connection that broke: the peer gave no code.
        boolean local = !answeredByPeer && isFailure(code);
        int told = local ? OutcomeClassifier.NO_CODE : code.value();
        return place.classifier.classify(Wire.GRPC, told, status.getCause(), delivery);
    }

    /** A call whose deadline has passed takes its streams back, and does not tell them why. */
    private boolean isLate(Status.Code code) {
        return code == Status.Code.CANCELLED && !answeredByPeer && isPastDeadline();
    }

    private boolean isPastDeadline() {
        CallAttempts attempts = options.getOption(CallAttempts.KEY);
        Deadline deadline = attempts == null ? options.getDeadline() : attempts.deadline();
        return deadline != null && deadline.isExpired();
    }

    private static boolean isFailure(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
    }
}
