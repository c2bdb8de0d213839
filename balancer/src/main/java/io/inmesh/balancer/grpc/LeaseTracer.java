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
    private volatile @Nullable Lease lease;
    private volatile boolean sent;
    private volatile boolean answeredByPeer;

    private LeaseTracer(
            Member member, @Nullable CallAttempts attempts, @Nullable Lease lease, OutcomeClassifier classifier) {
        this.member = member;
        this.attempts = attempts;
        this.lease = lease;
        this.classifier = classifier;
    }

    /** The tracer of a stream on that member. */
    static ClientStreamTracer of(Member member, @Nullable CallAttempts attempts, OutcomeClassifier classifier) {
        if (attempts == null) {
            return new LeaseTracer(member, null, null, classifier);
        }
        Lease begun = attempts.begin(member);
        return begun == null ? new ClientStreamTracer() {} : new LeaseTracer(member, attempts, begun, classifier);
    }

    @Override
    public void outboundHeaders() {
        sent = true;
        if (lease == null) {
            lease = member.begin();
        }
    }

    @Override
    public void inboundMessage(int seqNo) {
        Lease held = lease;
        if (held != null) {
            held.answered();
        }
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        answeredByPeer = true;
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
        int code = local ? OutcomeClassifier.NO_CODE : status.getCode().value();
        return classifier.classify(Wire.GRPC, code, status.getCause(), delivery);
    }

    private static boolean isFailure(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
    }
}
