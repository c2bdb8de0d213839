package io.inmesh.balancer.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.balancer.grpc.AttemptLeave.Grant;
import io.inmesh.balancer.guard.GuardedPicks;
import io.inmesh.balancer.state.Member;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call as its others see it: where it went, what it is for, whether it runs, what came of it. It is the stream's tracer as well ({@link
 * LeaseTracer}), which fills it, so that an attempt costs one object.
 *
 * <p>Threads: the stream's transport, one callback after the other but not always from the same thread, and whoever picks for or ends the call: hence
 * volatile.
 */
abstract class CallAttempt extends ClientStreamTracer {
    /** What a server says of when to come back, in milliseconds, or with a minus not to (gRFC A6). */
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private static final long UNKNOWN = -1;

    private final Member member;
    private final @Nullable CallTerms timing;
    private final Pace pace;

    // Written as the attempt joins its call, before the stream starts.
    private int number;
    private @Nullable Grant grant;
    private boolean delayed;
    private @Nullable GuardedPicks guard;

    // Written by the transport.
    private volatile long startNanos;
    private volatile boolean sent;
    private volatile boolean headed;

    /** The end of the peer's answer, which gRPC's engine reads after us; null if the peer gave none. */
    private volatile @Nullable Metadata trailers;

    /** Written as the stream is closed, before the call's attempts hear of that. */
    private volatile @Nullable Status status;

    // Written under the lock of the call's attempts, if there are such.
    private volatile @Nullable Lease lease;
    private volatile Outcome outcome = Outcome.CANCELLED;
    private volatile boolean over;
    private volatile boolean hurried;

    /**
     * An attempt on that member.
     *
     * @param pace what its time says
     * @param timing by what it is timed beside the lease; null if nobody asks
     */
    CallAttempt(Member member, Pace pace, @Nullable CallTerms timing) {
        this.member = member;
        this.pace = pace;
        this.timing = timing;
    }

    Pace pace() {
        return pace;
    }

    Endpoint endpoint() {
        return member.endpoint();
    }

    boolean isAt(Member other) {
        return member == other;
    }

    /**
     * What it is among the attempts of its call.
     *
     * @param itsGrant by what leave it is made; null for a first attempt
     * @param afterWait whether gRPC makes its stream now and starts it after a back-off
     */
    void is(int itsNumber, @Nullable Grant itsGrant, boolean afterWait) {
        number = itsNumber;
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

    /** True if the budget is to hear of its end. */
    boolean isWithdrawn() {
        return grant != null && grant.withdrawn();
    }

    /** True if gRPC makes its stream now and starts it after a back-off. */
    boolean isDelayed() {
        return delayed;
    }

    /** True if anything of it may have left this process. */
    boolean wasSent() {
        return sent;
    }

    /** False if it has begun before, or is over. */
    boolean begin() {
        if (lease != null || over) {
            return false;
        }
        if (timing != null) {
            startNanos = timing.nanoTime();
        }
        Lease begun = member.begin();
        if (pace != Pace.SINGLE) {
            begun.streams();
        }
        lease = guard == null ? begun : guard.begun(begun);
        return true;
    }

    boolean hasBegun() {
        return lease != null;
    }

    /** Tells observers what it is besides one more. */
    void tellWhy(CallTerms terms) {
        CallAttempt failed = repeats();
        if (failed != null) {
            terms.observer().repeated(terms.target(), failed.endpoint(), failed.outcome);
        } else if (grant != null) {
            terms.observer().hedged(terms.target(), endpoint());
        }
    }

    boolean isOver() {
        return over;
    }

    /** False if it was over before. */
    boolean end(Outcome came) {
        if (over) {
            return false;
        }
        over = true;
        outcome = came;
        return true;
    }

    /** False if there was nothing to end, or somebody else was quicker. */
    boolean complete(Outcome came) {
        Lease held = lease;
        if (held == null && guard != null) {
            guard.withdrawn();
        }
        return held != null && held.complete(came);
    }

    Outcome outcome() {
        return outcome;
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
        return headed ? UNKNOWN : elapsedNanos();
    }

    private long elapsedNanos() {
        return timing != null && lease != null ? Math.max(0, timing.nanoTime() - startNanos) : UNKNOWN;
    }

    /** The headers have gone out. */
    void sent() {
        sent = true;
    }

    /** The answer begins, after so long; a time below 0 is not known. */
    long headed() {
        headed = true;
        return elapsedNanos();
    }

    /** The first message is there; of a conversation it comes when the caller has said what it answers to. */
    void answered() {
        Lease held = lease;
        if (held != null && pace != Pace.CONVERSATION) {
            held.answered();
        }
    }

    /** The peer has ended the answer. */
    void trailed(Metadata end) {
        trailers = end;
    }

    /** True if the peer gave an end of its own. */
    boolean isEndedByPeer() {
        return trailers != null;
    }

    /** The stream is closed. */
    void closed(Status end) {
        status = end;
    }

    /**
     * Reads what the peer says of when to come back. Where it says nothing, and attempts run beside each other, gRPC is told in its place to make the
     * next one now: by itself it would wait until that is due, though this one has failed.
     *
     * @return true if the peer said not to come back
     */
    boolean readPushback(boolean beside) {
        Metadata told = trailers;
        Status ended = status;
        if (told == null || ended == null || ended.isOk()) {
            return false;
        }
        String said = told.get(PUSHBACK);
        if (said == null
                && beside
                && MethodPolicies.BROKEN.contains(ended.getCode().name())) {
            told.put(PUSHBACK, "0");
            hurried = true;
        }
        return said != null && said.startsWith("-");
    }

    /** The caller sees what the peer sent. */
    @SuppressWarnings("ReferenceEquality") // Equal ones of another attempt are not meant.
    void tidy(Metadata told) {
        if (hurried && told == trailers) {
            told.discardAll(PUSHBACK);
        }
    }
}
