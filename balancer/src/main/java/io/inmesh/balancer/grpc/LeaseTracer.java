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
    private final Member member;
    private final @Nullable CallAttempts attempts;
    private final OutcomeClassifier classifier;
    private final Pace pace;
    private final @Nullable ServedBy served;
    private final @Nullable Deadline deadline;
    private volatile @Nullable TokenReturn tells;
    private volatile @Nullable Lease lease;
    private volatile boolean sent;
    private volatile boolean answeredByPeer;
    private volatile boolean spoken;

    /**
     * What is known of a stream before it is made.
     *
     * @param pace what its time says
     * @param options the call's
     * @param tells what to tell of the session with the answer
     */
    record Stream(Pace pace, CallOptions options, @Nullable TokenReturn tells) {}

    private LeaseTracer(Member member, @Nullable CallAttempts attempts, OutcomeClassifier classifier, Stream stream) {
        this.member = member;
        this.attempts = attempts;
        this.classifier = classifier;
        this.pace = stream.pace;
        this.served = stream.options.getOption(MeshChannels.SERVED_BY);
        this.deadline = attempts == null ? stream.options.getDeadline() : attempts.deadline();
        this.tells = stream.tells;
    }

    /** The tracer of a stream on that member. */
    static ClientStreamTracer of(
            Member member, @Nullable CallAttempts attempts, OutcomeClassifier classifier, Stream stream) {
        LeaseTracer tracer = new LeaseTracer(member, attempts, classifier, stream);
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
        Status.Code code = isLate(status.getCode()) ? Status.Code.DEADLINE_EXCEEDED : status.getCode();
        if (code == Status.Code.DEADLINE_EXCEEDED && spoken && pace != Pace.SINGLE) {
            return Outcome.CANCELLED; // A stream that went on until its caller had enough was not too slow.
        }
        // Without trailers the status is this side's own word for a connection that broke: the peer gave no code.
        boolean local = !answeredByPeer && isFailure(code);
        int told = local ? OutcomeClassifier.NO_CODE : code.value();
        return classifier.classify(Wire.GRPC, told, status.getCause(), delivery);
    }

    /** A call whose deadline has passed takes its streams back, and does not tell them why. */
    private boolean isLate(Status.Code code) {
        return code == Status.Code.CANCELLED && !answeredByPeer && deadline != null && deadline.isExpired();
    }

    private static boolean isFailure(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
    }
}
