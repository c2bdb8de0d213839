package io.inmesh.balancer.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that is made and has no stream yet, because a fault holds it up: it counts on its endpoint, is known as tried, and ends with its call like any
 * other. Its stream, if it ever gets one, has it for its tracer. It is known by the headers that gRPC has for that stream alone.
 *
 * <p>Threads: any.
 */
final class HeldAttempt extends CallAttempt {
    private final ConnectedMember member;
    private final Metadata headers;
    private final boolean forEver;
    private final long dueNanos;

    /** Whether its stream may be made. Written by picks for that stream, read by whoever ends the call. */
    private volatile boolean released;

    private HeldAttempt(
            ConnectedMember member,
            Place place,
            CallAttempts attempts,
            Metadata headers,
            boolean forEver,
            long dueNanos) {
        super(place, attempts);
        this.member = member;
        this.headers = headers;
        this.forEver = forEver;
        this.dueNanos = dueNanos;
    }

    /** One until then, or null if the call has ended. */
    static @Nullable HeldAttempt until(
            long dueNanos, ConnectedMember member, Place place, CallAttempts attempts, Metadata headers) {
        return joined(new HeldAttempt(member, place, attempts, headers, false, dueNanos), attempts);
    }

    /** One for ever, or null if the call has ended. */
    static @Nullable HeldAttempt forEver(ConnectedMember member, Place place, CallAttempts attempts, Metadata headers) {
        return joined(new HeldAttempt(member, place, attempts, headers, true, 0), attempts);
    }

    private static @Nullable HeldAttempt joined(HeldAttempt held, CallAttempts attempts) {
        if (!attempts.join(held, held.headers)) {
            return null;
        }
        // What gRPC would start after a back-off as well: of a stream that is never made no start is heard.
        attempts.begin(held);
        held.tellServed();
        return held;
    }

    /** True if it is what the stream with these headers is for. */
    @SuppressWarnings("ReferenceEquality") // Each stream has its own object.
    boolean isFor(Metadata others) {
        return headers == others;
    }

    ConnectedMember member() {
        return member;
    }

    boolean isDue(long nowNanos) {
        return !forEver && nowNanos - dueNanos >= 0;
    }

    /** Its stream is made from now on, as soon as its connection lets it be. */
    void release() {
        released = true;
    }

    /** True while nobody but the call can end it. */
    boolean isHeld() {
        return !released && !isOver();
    }

    /** What a fault holds up is as if it were on its way. */
    @Override
    boolean isCarried() {
        return !released || super.isCarried();
    }

    /** It ends so, and may have been sent unless the outcome says otherwise. */
    void failsWith(Status end, Outcome outcome) {
        if (!(outcome instanceof Outcome.Failure failure && failure.delivery() == Delivery.NOT_SENT)) {
            noteSent();
        }
        endsUnsent(end, outcome);
    }
}
