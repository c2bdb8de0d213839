package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.observe.BalancerObserver.Withheld;
import io.inmesh.api.observe.CallObserver;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call, carried by the call's options through gRPC's own retries and hedges as the executor that they have anyhow, which costs no
 * option: every stream joins, every pick stays away from their endpoints and asks whether one more may be made ({@link AskedAttempts}), and the end of
 * the call ends what is still open.
 *
 * <p>The last matters: a call that is cancelled while gRPC turns its buffered stream into a real one, or waits to start a repeat, leaves a tracer
 * behind that is never closed. Its lease would stay open for ever.
 *
 * <p>Threads: any. A call's picks and transports meet here for a few steps at a time; observers are told, and leases end, without its lock.
 */
class CallAttempts extends AskedAttempts implements Executor, Context.CancellationListener {
    /** For calls whose executor gRPC knows by its identity, and treats in its own way. */
    private static final CallOptions.Key<@Nullable CallAttempts> KEY = CallOptions.Key.create("inmesh.attempts");

    /** The call's own; null if its options name none. */
    private final @Nullable Executor executor;

    private final @Nullable SessionMove session;
    private final @Nullable ServedBy served;
    private final @Nullable Deadline deadline;
    private final PickContext origin;

    /** The caller's, whose end gives the call up. */
    private final Context callers = Context.current();

    /** Whether the caller has cancelled the call. Written by him, read by transports. */
    private volatile boolean givenUp;

    /** Guarded by this. */
    private int begun;

    /** Those of a call that is being made now: observers are asked whether they want to hear of it. */
    static CallAttempts of(CallTerms terms, Course course, MethodType type, CallOptions options) {
        CallObserver hears = terms.observer().calling(terms.target());
        return hears == CallObserver.NONE
                ? new CallAttempts(terms, course, type, options)
                : new ObservedAttempts(hears, terms, course, type, options);
    }

    /** Of a call that is being made now, on this thread, with these options; before its first attempt. */
    CallAttempts(CallTerms terms, Course course, MethodType type, CallOptions options) {
        super(terms, course);
        this.executor = options.getExecutor();
        this.served = options.getOption(MeshChannels.SERVED_BY);
        this.origin = CallRules.contextOf(options);
        CallSession moved = options.getOption(MeshChannels.SESSION);
        this.session = moved == null ? null : new SessionMove(moved, origin.session());
        this.deadline = terms.deadlineOf(options, type);
    }

    /** Those of the call with these options; null if nobody sees it as a whole. */
    static @Nullable CallAttempts of(CallOptions options) {
        return options.getExecutor() instanceof CallAttempts attempts ? attempts : options.getOption(KEY);
    }

    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(executor, "executor").execute(task);
    }

    /**
     * The call's options with its attempts. A hedge that gets no leave must end at once, and of a call that waits for ready gRPC would let it wait: so
     * that a hedged one waits is seen to in here.
     */
    CallOptions into(CallOptions options) {
        // Guava's direct executor, which cannot be named here, is the one of an enum; other enums lose nothing.
        boolean own = executor != null && !(executor instanceof Enum);
        CallOptions carrying = own ? options.withExecutor(this) : options.withOption(KEY, this);
        if (deadline != null
                && options.getDeadline() == null
                && Context.current().getDeadline() == null) {
            carrying = carrying.withDeadline(deadline);
        }
        boolean waits = isHedged() && options.isWaitForReady();
        if (waits) {
            waits();
        }
        return waits ? carrying.withoutWaitForReady() : carrying;
    }

    /** What a pick for the call is to know. */
    PickContext context() {
        return elsewhere(origin);
    }

    /** By when the call must have ended, or null. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /** Where the call wants to be told who serves it, or null. */
    @Nullable
    ServedBy served() {
        return served;
    }

    /** The call begins, with these headers. Where the caller's context cannot end, listening to it costs nothing. */
    void start(Metadata headers) {
        AttemptLeave.forgetOthers(headers);
        terms().terms().budget().begun();
        callers.addListener(this, Runnable::run);
    }

    /** True if the call has attempts beside the one with these headers, which may have joined before its stream is made. On any thread. */
    boolean isBeside(Metadata headers) {
        return size() > (held(headers) == null ? 0 : 1);
    }

    /** Another attempt is made with these headers; false if the call has ended meanwhile. */
    boolean join(CallAttempt attempt, Metadata headers) {
        synchronized (this) {
            if (isOver()) {
                return false;
            }
            boolean first = isEmpty();
            takeLeave(attempt, headers);
            add(attempt);
            if (session != null && (first || !isHedged() || attempt.repeats() != null)) {
                session.goesTo(attempt.endpoint());
            }
        }
        if (!attempt.isDelayed()) {
            begin(attempt);
        }
        return true;
    }

    /** The attempt begins, unless it has, or is over. */
    void begin(CallAttempt attempt) {
        synchronized (this) {
            // How long a stream lasts, or takes to begin, says nothing of how long an answer takes.
            boolean timed = terms().terms().times() != null && attempt.place().pace() == Pace.SINGLE;
            if (isOver() || !attempt.begin(timed ? terms() : null)) {
                return;
            }
            begun++;
        }
        attempt.tellWhy(terms());
        hasBegun(attempt);
    }

    /** For those who hear of each attempt: it begins. On any thread, without a lock; its end may be told of first. */
    void hasBegun(CallAttempt attempt) {}

    /** It is over, if it ever began. Likewise. */
    void isOver(CallAttempt attempt, Outcome outcome) {}

    /** The call is over, after so many attempts that began. Once. */
    void isOver(int attempts, Outcome outcome) {}

    /** An attempt is being answered, after so long; a time below 0 is unknown. */
    void answered(CallAttempt attempt, long nanos) {
        heardFrom(attempt);
        decide();
        endHeld();
        terms().count(nanos);
    }

    /** The peer of an attempt has said something, if only that it ends. */
    void heardFrom(CallAttempt attempt) {
        if (session != null && !isDecided()) {
            synchronized (this) {
                session.isAnsweredBy(attempt.endpoint());
            }
        }
    }

    /** The attempt's stream was closed, after which gRPC decides what comes next. */
    void closed(CallAttempt attempt, Outcome outcome) {
        if (!(outcome instanceof Outcome.Cancelled)) {
            begin(attempt); // What could not be sent is an attempt as well.
        }
        if (attempt.decides(isHedged())) {
            decide(); // Others are cancelled now, which is no failure of theirs.
            endHeld();
        }
        synchronized (this) {
            if (!attempt.end(outcome)) {
                return;
            }
            hasEnded(attempt);
        }
        if (Outcome.isAnswer(outcome)) {
            terms().count(attempt.unansweredNanos()); // An end without a beginning is the whole answer.
        }
        attempt.settle(outcome, terms());
        isOver(attempt, outcome);
        boolean left = size() < terms().config().retry().attempts();
        if (course() != Course.ONCE && attempt.steer(isHedged(), left) && left) {
            terms().observer().withheld(terms().target(), Withheld.PUSHBACK);
        }
        if ((givenUp || callers.isCancelled()) && !isOpen()) {
            end(attempt.status());
        }
    }

    /**
     * The caller has cancelled the call, once it was started. Nobody may ever hear of its end then: a blocking caller that goes away takes the executor with
     * him that would tell it. So it ends with the last of its attempts, and now if none is open.
     */
    void giveUp() {
        giveUp(Status.CANCELLED);
    }

    /** The same, through the caller's context. */
    @Override
    public void cancelled(Context context) {
        giveUp(Contexts.statusFromCancelled(context));
    }

    private void giveUp(Status why) {
        givenUp = true;
        endHeld();
        endDelayed();
        if (!isOpen()) {
            CallAttempt successful = successful();
            end(successful == null ? why : successful.status());
        }
    }

    /** What a fault holds up ends now, since of a stream that was never made no end is heard. */
    private void endHeld() {
        if (terms().harmed()) {
            endAll(attempt -> attempt instanceof HeldAttempt held && held.isHeld());
        }
    }

    /** What waits for its back-off will not start, and no end is heard of it either. */
    private void endDelayed() {
        if (course() == Course.RETRIED) {
            endAll(CallAttempt::isWaiting);
        }
    }

    private void endAll(Predicate<CallAttempt> those) {
        all().stream().filter(those).forEach(attempt -> end(attempt, Outcome.CANCELLED, Status.CANCELLED));
    }

    /**
     * The call has ended: so has every attempt, whether or not its stream has said so. A stream that has still to say so was taken back: by the
     * caller, because the deadline passed, or because another one was answered. Only the first word of it counts.
     */
    void end(Status status) {
        if (!endLeaves()) { // From now on nobody joins.
            return;
        }
        Outcome others = status.getCode() == Status.Code.DEADLINE_EXCEEDED ? Outcome.TIMEOUT : Outcome.CANCELLED;
        for (int i = 0; i < size(); i++) {
            end(at(i), at(i).isCarried() ? others : Outcome.CANCELLED, status);
        }
        callers.removeListener(this);
        terms().terms().budget().ended();
        Outcome outcome = outcomeOf(status);
        terms().observer().called(terms().target(), begun, outcome);
        isOver(begun, outcome);
    }

    private void end(CallAttempt attempt, Outcome outcome, Status status) {
        boolean open;
        synchronized (this) {
            open = attempt.end(outcome);
        }
        if (open) {
            attempt.settle(outcome, terms());
            isOver(attempt, outcome);
            if (status.isOk()) {
                terms().count(attempt.unansweredNanos()); // Too slow to win, and not to be missing among the slow.
            }
        }
    }

    private Outcome outcomeOf(Status status) {
        CallAttempt told = toldInsteadOf(status);
        Status seen = told == null ? status : told.status();
        CallAttempt attempt = endedWith(seen);
        if (attempt != null && (attempt.isCarried() || attempt instanceof HeldAttempt)) {
            return attempt.outcome();
        }
        return terms().outcomeOf(seen, begun > 0);
    }
}
