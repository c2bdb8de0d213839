package io.inmesh.balancer.grpc;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A call whose attempts are remembered from its start to its end. */
final class RememberedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final CallAttempts attempts;

    /** Written as the call is started, read by whoever cancels it. */
    private volatile boolean started;

    RememberedCall(ClientCall<Q, R> call, CallAttempts attempts) {
        super(call);
        this.attempts = attempts;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        attempts.start(headers);
        started = true;
        super.start(new Ending<>(listener, attempts), headers);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        super.cancel(message, cause);
        if (started) {
            attempts.giveUp();
        }
    }

    /** Ends the attempts with the call. */
    private static final class Ending<R> extends SimpleForwardingClientCallListener<R> {
        private final CallAttempts attempts;

        private Ending(Listener<R> listener, CallAttempts attempts) {
            super(listener);
            this.attempts = attempts;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            try {
                attempts.end(status);
            } finally { // The caller waits for this, whatever fails here.
                CallAttempt told = attempts.toldInsteadOf(status);
                if (told == null) {
                    attempts.tidy(trailers);
                    super.onClose(status, trailers);
                } else {
                    super.onClose(told.status(), told.trailers());
                }
            }
        }
    }
}
