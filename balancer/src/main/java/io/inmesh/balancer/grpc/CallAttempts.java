package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Rejection;
import io.inmesh.api.Sessions;
import io.inmesh.api.observe.BalancerObserver.Withheld;
import io.inmesh.balancer.grpc.AttemptLeave.Answer;
import io.inmesh.balancer.grpc.AttemptLeave.Grant;
import io.inmesh.balancer.state.Member;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call, carried by the call's options through gRPC's own retries and hedges: every stream joins, every pick stays away from their
 * endpoints and asks whether one more may be made, and the end of the call ends what is still open.
 *
 * <p>The last matters: a call that is cancelled while gRPC turns its buffered stream into a real one, or waits to start a repeat, leaves a tracer
 * behind that is never closed. Its lease would stay open for ever.
 *
 * <p>Threads: any. A call's picks and transports meet here for a few steps at a time; observers are told, and leases end, without its lock.
 */
final class CallAttempts extends MadeAttempts {
    static final CallOptions.Key<@Nullable CallAttempts> KEY = CallOptions.Key.create("inmesh.attempts");

    private final CallTerms terms;
    private final Course course;
    private final @Nullable CallSession session;
    private final @Nullable ServedBy served;
    private final @Nullable Deadline deadline;
    private final PickContext origin;

    /** Null where nothing stands before the service. */
    private final @Nullable HeldLeaves held;

    /** Whether the caller waits for an endpoint, while gRPC believes that he does not; see {@link #into}. Written before the call is made. */
    private boolean waits;

    /** Whether an attempt is being answered, for which others are given up. Written by its transport, read by picks. */
    private volatile boolean answered;

    // Guarded by this.
    private @Nullable AttemptLeave leave; // Of calls that ask for another attempt.
    private int begun;
    private boolean homeTried;
    private boolean ended;

    /** Of a call that is being made now, on this thread, with these options; before its first attempt. */
    CallAttempts(CallTerms terms, Course course, MethodType type, CallOptions options) {
        this.terms = terms;
        this.course = course;
        this.session = options.getOption(MeshChannels.SESSION);
        this.served = options.getOption(MeshChannels.SERVED_BY);
        this.origin = CallRules.contextOf(options);
        this.deadline = terms.deadlineOf(options, type);
        this.held = terms.guard() == null ? null : new HeldLeaves(terms.guard());
    }

    /**
     * The call's options with its attempts. A hedge that gets no leave must end at once, and of a call that waits for ready gRPC would let it wait: so
     * that a hedged one waits is seen to in here.
     */
    CallOptions into(CallOptions options) {
        CallOptions carrying = options.withOption(KEY, this);
        if (deadline != null
                && options.getDeadline() == null
                && Context.current().getDeadline() == null) {
            carrying = carrying.withDeadline(deadline);
        }
        waits = course == Course.HEDGED && options.isWaitForReady();
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

    boolean isHedged() {
        return course == Course.HEDGED;
    }

    /** The call begins, with these headers. */
    void start(Metadata headers) {
        if (isHedged()) {
            AttemptLeave.forgetOthers(headers);
        }
        terms.terms().budget().begun();
    }

    /**
     * Whether the attempt with these headers may be made there.
     *
     * @return null if it may, otherwise what gRPC is told instead
     */
    @Nullable
    PickResult ask(Member there, Metadata headers) {
        boolean further = !isEmpty();
        int number = numberOf(headers);
        // A hedge of what waits would wait, too, and then both would be sent at once.
        if (answered || (isHedged() && !further && number > 0)) {
            return AttemptLeave.NONE_BESIDE;
        }
        if (further) {
            Answer answer;
            synchronized (this) {
                answer = leave().ask(number, there, all());
            }
            if (answer.why() != null) {
                terms.observer().withheld(terms.target(), answer.why());
            }
            if (answer.told() != null) {
                return answer.told();
            }
        }
        return held == null ? null : enter(held, number);
    }

    /** From 0; not asked of headers where it can be no other. */
    private int numberOf(Metadata headers) {
        return course == Course.ONCE && isEmpty() ? 0 : AttemptLeave.numberOf(headers);
    }

    /** Asks for leave of what stands before the service. */
    private @Nullable PickResult enter(HeldLeaves leaves, int number) {
        Rejection refused = leaves.ask(number, AttemptLeave.isAgain(number, all()));
        if (refused == null) {
            return null;
        }
        synchronized (this) {
            leave().giveBack(number, all());
            return leave().areOthers(all())
                    ? AttemptLeave.NONE_BESIDE
                    : PickResult.withDrop(Status.UNAVAILABLE.withDescription(refused.toString()));
        }
    }

    private AttemptLeave leave() {
        AttemptLeave made = leave;
        if (made == null) {
            made = new AttemptLeave(terms, isHedged());
            leave = made;
        }
        return made;
    }

    /** What gRPC is told where there is no endpoint for the attempt with these headers. */
    PickResult without(PickResult told, Metadata headers) {
        if (!isHedged()) {
            return told;
        }
        if (isEmpty() && AttemptLeave.numberOf(headers) > 0) {
            return AttemptLeave.NONE_BESIDE;
        }
        boolean failed = !told.isDrop() && !told.getStatus().isOk();
        synchronized (this) {
            if (!failed || leave().areOthers(all())) {
                return told;
            }
        }
        // Nothing is under way, and the next hedge may be far off.
        return waits ? PickResult.withNoResult() : PickResult.withDrop(told.getStatus());
    }

    /** Another attempt is made with these headers; false if the call has ended meanwhile. */
    boolean join(CallAttempt attempt, Metadata headers) {
        synchronized (this) {
            if (ended) {
                return false;
            }
            int number = numberOf(headers);
            if (held != null) {
                attempt.hasLeaveOf(held.take(number, AttemptLeave.isAgain(number, all())));
            }
            if (isEmpty()) {
                attempt.is(number, null, course == Course.RETRIED && number > 0);
            } else {
                Grant grant = leave().take(number, all());
                attempt.is(number, grant, course == Course.RETRIED && (grant == null || !grant.again()));
            }
            add(attempt);
            if (session != null && !homeTried) {
                // A repeat goes elsewhere, and leaves a session that has an endpoint where it is.
                homeTried = Sessions.tokenOf(attempt.endpoint()).equals(origin.session());
                session.servedBy(attempt.endpoint());
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
            if (ended || !attempt.begin(terms.terms().times() == null ? null : terms)) {
                return;
            }
            begun++;
        }
        attempt.tellWhy(terms);
    }

    /** An attempt is being answered, after so long; a time below 0 is unknown. */
    void answered(long nanos) {
        answered = true;
        terms.count(nanos);
    }

    /** The attempt's stream was closed, after which gRPC decides what comes next. */
    void closed(CallAttempt attempt, Outcome outcome) {
        if (!(outcome instanceof Outcome.Cancelled)) {
            begin(attempt); // What could not be sent is an attempt as well.
        }
        synchronized (this) {
            if (!attempt.end(outcome)) {
                return;
            }
            hasEnded(attempt);
        }
        if (outcome instanceof Outcome.Success || outcome instanceof Outcome.ClientError) {
            terms.count(attempt.unansweredNanos()); // An end without a beginning is the whole answer.
        }
        attempt.settle(outcome, terms);
        if (course != Course.ONCE && attempt.readPushback(isHedged())) {
            terms.observer().withheld(terms.target(), Withheld.PUSHBACK);
        }
    }

    /**
     * The call has ended: so has every attempt, whether or not its stream has said so. A stream that has still to say so was taken back: by the
     * caller, because the deadline passed, or because another one was answered.
     */
    void end(Status status, Metadata trailers) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true; // From now on nobody joins.
            if (leave != null) {
                leave.end();
            }
        }
        if (held != null) {
            held.end();
        }
        Outcome others = status.getCode() == Status.Code.DEADLINE_EXCEEDED ? Outcome.TIMEOUT : Outcome.CANCELLED;
        for (int i = 0; i < size(); i++) {
            end(at(i), others, status, trailers);
        }
        terms.terms().budget().ended();
        terms.observer().called(terms.target(), begun, outcomeOf(status));
    }

    private void end(CallAttempt attempt, Outcome outcome, Status status, Metadata trailers) {
        attempt.tidy(trailers);
        boolean open;
        synchronized (this) {
            open = attempt.end(outcome);
        }
        if (open) {
            attempt.settle(outcome, terms);
            if (status.isOk()) {
                terms.count(attempt.unansweredNanos()); // Too slow to win, and not to be missing among the slow.
            }
        }
    }

    private Outcome outcomeOf(Status status) {
        CallAttempt told = toldInsteadOf(status);
        Status seen = told == null ? status : told.status();
        CallAttempt attempt = endedWith(seen);
        if (attempt != null) {
            return attempt.outcome();
        }
        return terms.outcomeOf(seen, begun > 0);
    }
}
