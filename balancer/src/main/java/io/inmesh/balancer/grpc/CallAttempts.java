package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Sessions;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call, carried by the call's options through gRPC's own retries: every stream adds its endpoint, every pick stays away
 * from those, and the end of the call ends what is still open.
 *
 * <p>The last matters: a call that is cancelled while gRPC turns its buffered stream into a real one leaves a tracer behind that is never
 * closed. Its lease would stay open for ever.
 */
final class CallAttempts {
    static final CallOptions.Key<@Nullable CallAttempts> KEY = CallOptions.Key.create("inmesh.attempts");

    /** Written by the thread that creates a stream, under this; read by the one that picks for the next attempt. */
    private volatile PickContext context;

    private final @Nullable CallSession session;
    private final @Nullable Deadline deadline;

    // Guarded by this.
    private boolean homeTried;
    private final List<Lease> leases = new ArrayList<>(1);
    private @Nullable Member failed;
    private Outcome failure = Outcome.CANCELLED;
    private boolean ended;

    private CallAttempts(CallOptions options) {
        this.session = options.getOption(MeshChannels.SESSION);
        this.context = firstContextOf(options);
        Deadline own = options.getDeadline();
        Deadline callers = Context.current().getDeadline();
        this.deadline = own == null || callers == null ? (own == null ? callers : own) : own.minimum(callers);
    }

    /** Of a call that is being made now, on this thread, with these options; before its first attempt. */
    static CallAttempts of(CallOptions options) {
        return new CallAttempts(options);
    }

    /** What a pick for this call is to know. */
    static PickContext contextOf(CallOptions options) {
        CallAttempts attempts = options.getOption(KEY);
        return attempts == null ? firstContextOf(options) : attempts.context;
    }

    private static PickContext firstContextOf(CallOptions options) {
        CallSession session = options.getOption(MeshChannels.SESSION);
        PickContext context = session == null ? PickContext.NONE : session.context();
        String key = options.getOption(MeshChannels.KEY);
        return key == null ? context : context.withKey(key);
    }

    /** By when the call must have ended, or null. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /** True if the call was sent before. */
    boolean isRepeated() {
        return context.attempts() > 0;
    }

    /** Begins the lease of another attempt; null if the call has ended meanwhile. */
    synchronized @Nullable Lease begin(Member member) {
        if (ended) {
            return null;
        }
        if (failed != null) {
            failed.tellRepeated(failure);
            failed = null;
        }
        Lease lease = member.begin();
        leases.add(lease);
        if (session != null && !homeTried) {
            // A repeat goes elsewhere, and leaves a session that has an endpoint where it is.
            homeTried = Sessions.tokenOf(member.endpoint()).equals(context.session());
            session.servedBy(member.endpoint());
        }
        context = context.withTried(member.endpoint());
        return lease;
    }

    /** An attempt has ended so; if another is begun after it, that is a repeat. */
    synchronized void attemptEnded(Member member, Outcome outcome) {
        failed = member;
        failure = outcome;
    }

    /**
     * The call has ended: so has every attempt, whether or not its stream has said so. A stream that has still to say so was taken back, by the
     * caller or because the deadline passed.
     */
    synchronized void end(Status.Code code) {
        ended = true;
        Outcome outcome = code == Status.Code.DEADLINE_EXCEEDED ? Outcome.TIMEOUT : Outcome.CANCELLED;
        leases.forEach(lease -> lease.complete(outcome));
        leases.clear();
    }
}
