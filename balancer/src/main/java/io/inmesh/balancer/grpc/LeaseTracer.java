package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.balancer.state.Member;
import org.jspecify.annotations.Nullable;

/**
 * A stream's lease. For calls that we see as a whole it begins when the stream is made, so that a burst of calls sees itself, but for a repeat that gRPC
 * starts only after its back-off; for others, whose end we would not hear of if they never started, when the headers go out.
 *
 * <p>Threads: gRPC's transport calls one after the other, {@code streamClosed} last, but not always from the same thread: hence volatile.
 */
final class LeaseTracer extends CallAttempt {
    private final @Nullable CallAttempts attempts;
    private final OutcomeClassifier classifier;
    private final CallOptions options;
    private volatile @Nullable TokenReturn tells;
    private volatile boolean spoken;

    /**
     * What is known of a stream before it is made.
     *
     * @param pace what its time says
     * @param options the call's
     * @param headers what is sent first
     * @param tells what to tell of the session with the answer
     */
    record Stream(
            Pace pace,
            CallOptions options,
            Metadata headers,
            @Nullable TokenReturn tells) {}

    private LeaseTracer(Member member, @Nullable CallAttempts attempts, OutcomeClassifier classifier, Stream stream) {
        super(member, stream.pace, attempts == null ? null : attempts.timing());
        this.attempts = attempts;
        this.classifier = classifier;
        this.options = stream.options;
        this.tells = stream.tells;
    }

    /** The tracer of a stream on that member. */
    static ClientStreamTracer of(
            Member member, @Nullable CallAttempts attempts, OutcomeClassifier classifier, Stream stream) {
        LeaseTracer tracer = new LeaseTracer(member, attempts, classifier, stream);
        if (attempts != null && !attempts.join(tracer, stream.headers)) {
            return new ClientStreamTracer() {};
        }
        tracer.tellServed();
        return tracer;
    }

    private void tellServed() {
        ServedBy served = options.getOption(MeshChannels.SERVED_BY);
        if (served != null) {
            served.is(endpoint());
        }
    }

    @Override
    public void outboundHeaders() {
        sent();
        if (!hasBegun()) {
            if (attempts == null) {
                begin();
            } else {
                attempts.begin(this);
            }
        }
    }

    @Override
    public void inboundHeaders(Metadata headers) {
        long nanos = headed();
        if (attempts != null) {
            attempts.answered(nanos);
        }
        answerBegins(headers);
    }

    @Override
    public void inboundMessage(int seqNo) {
        spoken = true;
        answered();
    }

    @Override
    public void inboundTrailers(Metadata end) {
        trailed(end);
        answerBegins(end);
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
    public void streamClosed(Status end) {
        closed(end);
        Outcome came = outcomeOf(end);
        if (attempts == null) {
            complete(came);
        } else {
            attempts.closed(this, came);
        }
    }

    private Outcome outcomeOf(Status closed) {
        Delivery delivery = wasSent() ? Delivery.SENT : Delivery.NOT_SENT;
        Status.Code code = isLate(closed.getCode()) ? Status.Code.DEADLINE_EXCEEDED : closed.getCode();
        if (code == Status.Code.DEADLINE_EXCEEDED && spoken && pace() != Pace.SINGLE) {
            return Outcome.CANCELLED; // A stream that went on until its caller had enough was not too slow.
        }
        // Without trailers the status is this side's own word for a connection that broke: the peer gave no code.
        boolean local = !isEndedByPeer() && isFailure(code);
        int told = local ? OutcomeClassifier.NO_CODE : code.value();
        return classifier.classify(Wire.GRPC, told, closed.getCause(), delivery);
    }

    /** A call whose deadline has passed takes its streams back, and does not tell them why. */
    private boolean isLate(Status.Code code) {
        Deadline deadline = attempts == null ? options.getDeadline() : attempts.deadline();
        return code == Status.Code.CANCELLED && !isEndedByPeer() && deadline != null && deadline.isExpired();
    }

    private static boolean isFailure(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
    }
}
