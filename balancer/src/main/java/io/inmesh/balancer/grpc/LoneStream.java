package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Context;
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
        Deadline callers = Context.current().getDeadline();
        LoneStream stream;
        if (!place.member().isBare()) {
            stream = new Leased(place, options, callers);
        } else if (callers == null) {
            stream = new LoneStream(place, options);
        } else {
            stream = new Limited(place, options, callers);
        }
        stream.tellServed();
        return stream;
    }

    @Override
    final @Nullable ServedBy served() {
        return options.getOption(MeshChannels.SERVED_BY);
    }

    @Override
    @Nullable
    Deadline deadline() {
        return options.getDeadline();
    }

    /** The sooner one of that and what the options say. */
    final @Nullable Deadline sooner(@Nullable Deadline callers) {
        Deadline own = options.getDeadline();
        return own == null || callers == null ? (own == null ? callers : own) : own.minimum(callers);
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

    /** One whose caller has a deadline of his own, as he serves a call himself: what the options say of it is not all. */
    private static final class Limited extends LoneStream {
        private final Deadline callers;

        private Limited(Place place, CallOptions options, Deadline callers) {
            super(place, options);
            this.callers = callers;
        }

        @Override
        @Nullable
        Deadline deadline() {
            return sooner(callers);
        }
    }

    /** One whose endpoint is timed, limited or on trial. */
    private static final class Leased extends LoneStream {
        private final @Nullable Deadline callers;
        private volatile @Nullable Lease lease;

        private Leased(Place place, CallOptions options, @Nullable Deadline callers) {
            super(place, options);
            this.callers = callers;
        }

        @Override
        @Nullable
        Deadline deadline() {
            return sooner(callers);
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
