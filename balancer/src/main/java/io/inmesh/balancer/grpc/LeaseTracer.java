package io.inmesh.balancer.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;

/**
 * Ends a stream's lease with the stream. gRPC closes every tracer it has made, whatever becomes of the stream, so no lease stays open.
 *
 * <p>Threads: gRPC's transport calls one after the other; {@code streamClosed} comes last.
 */
final class LeaseTracer extends ClientStreamTracer {
    private final Lease lease;
    private final OutcomeClassifier classifier;

    /** Written by the transport when headers go out, and when trailers come in; volatile, since the last call may come from another thread. */
    private volatile boolean sent;

    private volatile boolean answeredByPeer;

    LeaseTracer(Lease lease, OutcomeClassifier classifier) {
        this.lease = lease;
        this.classifier = classifier;
    }

    @Override
    public void outboundHeaders() {
        sent = true;
    }

    @Override
    public void inboundMessage(int seqNo) {
        lease.answered();
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        answeredByPeer = true;
    }

    @Override
    public void streamClosed(Status status) {
        lease.complete(outcomeOf(status));
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
