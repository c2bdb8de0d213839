package io.inmesh.balancer.grpc.orca;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/** A call on a server, from its coming to its answer or its being taken back: one of the requests in flight, once. */
final class MeasuredCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final ServerLoad load;
    private final Runnable report;
    private final int met;
    private final long beganNanos;
    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * Counts from now on.
     *
     * @param report run before the call is answered
     */
    MeasuredCall(ServerCall<Q, R> call, ServerLoad load, Runnable report) {
        super(call);
        this.load = load;
        this.report = report;
        this.met = load.begin();
        this.beganNanos = load.moment();
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (answered(status.getCode())) {
            report.run();
        }
        super.close(status, trailers);
    }

    /** False if it had ended before. */
    private boolean answered(Status.Code code) {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            boolean timed = getMethodDescriptor().getType() == MethodType.UNARY;
            load.answered(met, beganNanos, timed, code);
        }
        return first;
    }

    /** Its handler throws: gRPC answers UNKNOWN in its place, and not through this. */
    void failed() {
        answered(Status.Code.UNKNOWN);
    }

    /** The end without an answer. */
    void gone() {
        if (ended.compareAndSet(false, true)) {
            load.gone();
        }
    }

    /** The same listener, which also tells this of the end. */
    Listener<Q> listenedTo(Listener<Q> listener) {
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                heard(() -> super.onMessage(message));
            }

            @Override
            public void onHalfClose() {
                heard(super::onHalfClose);
            }

            @Override
            public void onReady() {
                heard(super::onReady);
            }

            @Override
            public void onCancel() {
                gone();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                gone();
                super.onComplete();
            }
        };
    }

    private void heard(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error e) {
            failed();
            throw e;
        }
    }
}
