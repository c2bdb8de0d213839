package io.inmesh.balancer.grpc;

import io.grpc.ClientStreamTracer;
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
    private final Member member;
    private final @Nullable CallAttempts attempts;
    private final OutcomeClassifier classifier;
    private final Pace pace;
    private final @Nullable ServedBy served;
    private volatile @Nullable TokenReturn tells;
    private volatile @Nullable Lease lease;
    private volatile boolean sent;
    private volatile boolean answeredByPeer;
    private volatile boolean spoken;

    private LeaseTracer(
            Member member,
            @Nullable CallAttempts attempts,
            OutcomeClassifier classifier,
            Pace pace,
            @Nullable ServedBy served,
            @Nullable TokenReturn tells) {
        this.member = member;
        this.attempts = attempts;
        this.classifier = classifier;
        this.pace = pace;
        this.served = served;
        this.tells = tells;
    }

    /**
     * The tracer of a stream on that member.
     *
     * @param served where to write that it serves the call
     * @param tells what to tell of the session with the answer
     */
    static ClientStreamTracer of(
            Member member,
            @Nullable CallAttempts attempts,
            OutcomeClassifier classifier,
            Pace pace,
            @Nullable ServedBy served,
            @Nullable TokenReturn tells) {
        LeaseTracer tracer = new LeaseTracer(member, attempts, classifier, pace, served, tells);
        if (attempts != null) {
            Lease begun = attempts.begin(member);
            if (begun == null) {
                return new ClientStreamTracer() {};
            }
            tracer.hold(begun);
        }
        tracer.tellServed();
        return tracer;
    }

    private void hold(Lease begun) {
        if (pace != Pace.SINGLE) {
            begun.streams();
        }
        lease = begun;
    }

    private void tellServed() {
        if (served != null) {
            served.is(member.endpoint());
        }
    }

    @Override
    public void outboundHeaders() {
        sent = true;
        if (lease == null) {
            hold(member.begin());
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
        if (held != null && pace != Pace.CONVERSATION) {
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
            if (attempts != null) {
                attempts.attemptEnded(member, outcome);
            }
        }
    }

    private Outcome outcomeOf(Status status) {
        Delivery delivery = sent ? Delivery.SENT : Delivery.NOT_SENT;
        // Without trailers the status is this side's own word for a connection that broke: the peer gave no code.
        boolean local = !answeredByPeer && isFailure(status.getCode());
        if (spoken && pace != Pace.SINGLE && status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return Outcome.CANCELLED; // A stream that went on until its caller had enough was not too slow.
        }
        int code = local ? OutcomeClassifier.NO_CODE : status.getCode().value();
        return classifier.classify(Wire.GRPC, code, status.getCause(), delivery);
    }

    private static boolean isFailure(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
    }
}
