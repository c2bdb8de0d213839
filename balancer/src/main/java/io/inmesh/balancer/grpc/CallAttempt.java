package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.balancer.grpc.AttemptLeave.Grant;
import io.inmesh.balancer.guard.GuardedPicks;
import io.inmesh.balancer.state.Member;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call: where it went, what it is for, whether it runs, what came of it. It is the stream's tracer as well, so that an attempt costs
 * one object, of 56 bytes, where its endpoint is neither timed nor limited nor on trial.
 *
 * <p>It counts on its endpoint as soon as its stream is made, so that a burst of calls sees itself, but for a repeat that gRPC starts only after its
 * back-off: that one counts when its headers go out.
 *
 * <p>Threads: the stream's transport, one callback after the other but not always from the same thread, and whoever picks for or ends the call: hence
 * volatile.
 */
class CallAttempt extends LeaseTracer {
    /** What a server says of when to come back, in milliseconds, or with a minus not to (gRFC A6). */
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private static final long UNKNOWN = -1;

    private final CallAttempts attempts;

    // Written as the attempt joins its call, before the stream starts.
    private byte number;
    private boolean delayed;
    private @Nullable Grant grant;
    private @Nullable GuardedPicks guard;

    /** Whether a connection took its stream. Written by the transport. */
    private volatile boolean carried;

    /** The end of the peer's answer, which gRPC's engine reads after us; null if the peer gave none. Written by the transport. */
    private volatile @Nullable Metadata trailers;

    /** Written as the stream is closed, before the call's attempts hear of that. */
    private volatile @Nullable Status status;

    // Written under the lock of the call's attempts.
    private volatile boolean begun;
    private volatile @Nullable Lease lease; // Null where it is to be counted, and no more.
    private volatile @Nullable Began began; // Null where nobody wants to know how long answers take.
    private volatile @Nullable Outcome outcome; // Once it is over.
    private volatile boolean steered;

    /** When an attempt began, on whose clock. */
    private record Began(CallTerms by, long nanos) {
        long elapsedNanos() {
            return Math.max(0, by.nanoTime() - nanos);
        }
    }

    CallAttempt(Place place, CallAttempts attempts) {
        super(place);
        this.attempts = attempts;
    }

    /** The tracer of a stream there, which is an attempt of that call unless the call has ended meanwhile; one that was held is made now. */
    static ClientStreamTracer of(Place place, CallAttempts attempts, Metadata headers) {
        HeldAttempt held = attempts.held(headers);
        if (held != null) {
            return held;
        }
        CallAttempt attempt = new CallAttempt(place, attempts);
        if (!attempts.join(attempt, headers)) {
            return new ClientStreamTracer() {};
        }
        attempt.tellServed();
        return attempt;
    }

    @Override
    @Nullable
    ServedBy served() {
        return attempts.served();
    }

    @Override
    @Nullable
    Deadline deadline() {
        return attempts.deadline();
    }

    boolean isAt(Member other) {
        return place().member() == other;
    }

    /**
     * What it is among the attempts of its call.
     *
     * @param itsNumber its number, of which gRPC has no large ones
     * @param itsGrant by what leave it is made; null for a first attempt
     * @param afterWait whether gRPC makes its stream now and starts it after a back-off
     */
    void is(int itsNumber, @Nullable Grant itsGrant, boolean afterWait) {
        number = (byte) itsNumber;
        grant = itsGrant;
        delayed = afterWait;
    }

    /** It has leave of what stands before the service; null if nothing does. */
    void hasLeaveOf(@Nullable GuardedPicks itsGuard) {
        guard = itsGuard;
    }

    /** From 0; attempts that are made because gRPC knows that one was not processed have its number. */
    int number() {
        return number;
    }

    /** The attempt that it makes good for, or null. */
    @Nullable
    CallAttempt repeats() {
        return grant == null ? null : grant.repeats();
    }

    /** True if gRPC makes its stream now and starts it after a back-off. */
    boolean isDelayed() {
        return delayed;
    }

    /** True until its back-off is over. */
    boolean isWaiting() {
        return delayed && !begun && !isOver();
    }

    /** False if it has begun before, or is over. */
    boolean begin(@Nullable CallTerms timing) {
        if (begun || isOver()) {
            return false;
        }
        begun = true;
        if (timing != null) {
            began = new Began(timing, timing.nanoTime());
        }
        if (guard != null) {
            lease = guard.begun(place().begin());
        } else if (place().member().isBare()) {
            place().member().beginBare();
        } else {
            lease = place().begin();
        }
        return true;
    }

    /** Tells observers what it is besides one more. */
    void tellWhy(CallTerms terms) {
        CallAttempt failed = repeats();
        if (failed != null) {
            terms.observer().repeated(terms.target(), failed.endpoint(), failed.outcome());
        } else if (grant != null) {
            terms.observer().hedged(terms.target(), endpoint());
        }
    }

    boolean isOver() {
        return outcome != null;
    }

    /** False if it was over before. */
    boolean end(Outcome came) {
        if (isOver()) {
            return false;
        }
        outcome = came;
        return true;
    }

    /** What it holds is given back: on its endpoint, and of the budget. Once, by whoever ended it. */
    void settle(Outcome came, CallTerms terms) {
        if (complete(came)) {
            terms.retries().told(came);
        }
        if (grant != null && grant.withdrawn()) {
            terms.retries().returned();
        }
    }

    private boolean complete(Outcome came) {
        Lease held = lease;
        if (held != null) {
            return held.complete(came);
        }
        if (begun) {
            place().member().endBare(came);
        } else if (guard != null) {
            guard.withdrawn();
        }
        return begun;
    }

    Outcome outcome() {
        Outcome came = outcome;
        return came == null ? Outcome.CANCELLED : came;
    }

    /** How its stream ended; for one that did. */
    Status status() {
        return Objects.requireNonNull(status, "status");
    }

    /** True if its stream ended with this very status. */
    @SuppressWarnings("ReferenceEquality") // Statuses are not compared otherwise.
    boolean endedWith(Status other) {
        return status == other;
    }

    /** What the peer said at the end. */
    Metadata trailers() {
        Metadata told = trailers;
        if (told == null) {
            return new Metadata();
        }
        tidy(told);
        return told;
    }

    /** How long it has had no answer; below 0 if it had one, or if nobody wants to know. */
    long unansweredNanos() {
        return hasSpoken() ? UNKNOWN : elapsedNanos();
    }

    private long elapsedNanos() {
        Began from = began;
        return from == null ? UNKNOWN : from.elapsedNanos();
    }

    @Override
    public void streamCreated(Attributes connection, Metadata headers) {
        carried = true;
        super.streamCreated(connection, headers);
    }

    /**
     * True if its endpoint has to do with its end. It has not where no connection took the stream: the call's credentials failed, or never came, or this side
     * has closed the connection meanwhile.
     */
    boolean isCarried() {
        return carried;
    }

    @Override
    public void outboundHeaders() {
        super.outboundHeaders();
        if (!begun) {
            attempts.begin(this);
        }
    }

    @Override
    public void inboundHeaders(Metadata headers) {
        noteSpoken();
        attempts.answered(this, elapsedNanos());
        super.inboundHeaders(headers);
    }

    @Override
    public void inboundMessage(int seqNo) {
        super.inboundMessage(seqNo);
        place().answered(lease);
    }

    @Override
    public void inboundTrailers(Metadata end) {
        trailers = end;
        attempts.heardFrom(this);
        super.inboundTrailers(end);
    }

    @Override
    public void streamClosed(Status end) {
        status = end;
        attempts.closed(this, carried ? outcomeOf(end) : Outcome.CANCELLED);
    }

    /** It ends so without a stream. */
    final void endsUnsent(Status end, Outcome came) {
        status = end;
        attempts.closed(this, came);
    }

    /** True if its stream was closed by success. */
    boolean hasSucceeded() {
        Status ended = status;
        return ended != null && ended.isOk();
    }

    /** True if its stream was closed, and not by success. */
    boolean hasFailed() {
        Status ended = status;
        return ended != null && !ended.isOk();
    }

    /**
     * True if its end is that of the call: it succeeded, or the peer failed it in a way that ends attempts beside it too.
     *
     * @param beside whether attempts run beside each other
     */
    boolean decides(boolean beside) {
        Status ended = status;
        return ended != null && (ended.isOk() || (beside && trailers != null && !isBroken(ended)));
    }

    private static boolean isBroken(Status ended) {
        return MethodPolicies.BROKEN.contains(ended.getCode().name());
    }

    /**
     * Reads what the peer says of when to come back. Where it says nothing gRPC, which goes by codes alone, is told in its place what is to be: nothing after
     * an UNKNOWN or CANCELLED that is the peer's own word, an answer, and not that of a broken connection; the next attempt now, where attempts run beside
     * each other, because gRPC would wait until that is due though this one has failed.
     *
     * @param left whether attempts are left
     * @return true if the peer said not to come back
     */
    boolean steer(boolean beside, boolean left) {
        Metadata told = trailers;
        Status ended = status;
        if (told == null || ended == null || !isBroken(ended)) {
            return false;
        }
        String said = told.get(PUSHBACK);
        if (said != null) {
            return isRefusal(said);
        }
        boolean over = ended.getCode() != Status.Code.UNAVAILABLE || !left;
        if (over || beside) {
            told.put(PUSHBACK, over ? "-1" : "0");
            steered = true;
        }
        return false;
    }

    /** As gRPC reads it, to which nonsense is a refusal as well. */
    private static boolean isRefusal(String said) {
        try {
            return Integer.parseInt(said) < 0;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    /** The caller sees what the peer sent. */
    @SuppressWarnings("ReferenceEquality") // Equal ones of another attempt are not meant.
    void tidy(Metadata told) {
        if (steered && told == trailers) {
            told.discardAll(PUSHBACK);
        }
    }
}
