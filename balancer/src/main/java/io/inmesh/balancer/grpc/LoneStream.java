package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.Status;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a call that nobody sees as a whole: attempts are off and nobody counts calls, or the service config is the user's own. Of one that never
 * starts, no end is heard; so it counts on its endpoint from the moment when its headers go out. Where counting is all that is to be done this is
 * the only object that it costs, of 24 bytes.
 */
class LoneStream extends LeaseTracer {
    private static final byte NEW = 0;
    private static final byte BEGUN = 1;
    private static final byte OVER = 2;

    private final CallOptions options;

    /** One byte, for one more would be eight. Guarded by this. */
    private byte progress = NEW;

    private LoneStream(Place place, CallOptions options) {
        super(place);
        this.options = options;
    }

    /** A stream there, of a call with these options. */
    static LoneStream of(Place place, CallOptions options) {
        LoneStream stream = place.member().isBare() ? new LoneStream(place, options) : new Leased(place, options);
        stream.tellServed();
        return stream;
    }

    @Override
    final @Nullable ServedBy served() {
        return options.getOption(MeshChannels.SERVED_BY);
    }

    @Override
    final @Nullable Deadline deadline() {
        return options.getDeadline();
    }

    /** It may have been closed before: a call that is cancelled at once is over before its headers are written. */
    @Override
    public final void outboundHeaders() {
        super.outboundHeaders();
        synchronized (this) {
            if (progress == NEW) {
                progress = BEGUN;
                begin();
            }
        }
    }

    @Override
    public final void streamClosed(Status status) {
        boolean begun;
        synchronized (this) {
            begun = progress == BEGUN;
            progress = OVER;
        }
        if (begun) {
            end(outcomeOf(status));
        }
    }

    /** Once. */
    void begin() {
        place().member().beginBare();
    }

    /** Once, after it has begun. */
    void end(Outcome outcome) {
        place().member().endBare(outcome);
    }

    /** One whose endpoint is timed, limited or on trial. */
    private static final class Leased extends LoneStream {
        private volatile @Nullable Lease lease;

        private Leased(Place place, CallOptions options) {
            super(place, options);
        }

        @Override
        void begin() {
            lease = place().begin();
        }

        @Override
        public void inboundMessage(int seqNo) {
            super.inboundMessage(seqNo);
            place().answered(lease);
        }

        @Override
        void end(Outcome outcome) {
            Lease held = lease;
            if (held != null) {
                held.complete(outcome);
            }
        }
    }
}
