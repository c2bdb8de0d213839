package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.grpc.AttemptLeave.Answer;
import io.inmesh.balancer.grpc.AttemptLeave.Grant;
import io.inmesh.balancer.state.Member;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call that were made, and whether another may be: by what its budget says ({@link AttemptLeave}), and what stands before the service
 * ({@link HeldLeaves}). A part of {@link CallAttempts}, which says what is done with them.
 *
 * <p>Threads: any. A call's picks and transports meet here for a few steps at a time; observers are told without its lock.
 */
abstract class AskedAttempts extends MadeAttempts {
    private final CallTerms terms;
    private final Course course;

    /** Null where nothing stands before the service. */
    private final @Nullable HeldLeaves held;

    /** Whether the caller waits for an endpoint, while gRPC believes that he does not. Written before the call is made. */
    private boolean waits;

    /**
     * Whether an attempt is being answered, or has ended in a way that ends the call, and others are given up for it. Written by its transport, read by
     * picks.
     */
    private volatile boolean decided;

    // Guarded by this.
    private @Nullable AttemptLeave leave; // Of calls that ask for another attempt.
    private boolean ended;

    AskedAttempts(CallTerms terms, Course course) {
        this.terms = terms;
        this.course = course;
        this.held = terms.guard() == null ? null : new HeldLeaves(terms.guard());
    }

    final CallTerms terms() {
        return terms;
    }

    final Course course() {
        return course;
    }

    final boolean isHedged() {
        return course == Course.HEDGED;
    }

    /** The caller waits for an endpoint, though gRPC is told that he does not. */
    final void waits() {
        waits = true;
    }

    /** No other attempt is of use any more. */
    final void decide() {
        decided = true;
    }

    final boolean isDecided() {
        return decided;
    }

    /** True if the call has ended. Under the lock of this. */
    final boolean isOver() {
        return ended;
    }

    /**
     * Whether the attempt with these headers may be made there.
     *
     * @return null if it may, otherwise what gRPC is told instead
     */
    @Nullable
    final PickResult ask(Member there, Metadata headers) {
        boolean further = !isEmpty();
        int number = numberOf(headers);
        // A hedge of what waits would wait, too, and then both would be sent at once.
        if (decided || (isHedged() && !further && number > 0)) {
            return AttemptLeave.NONE_BESIDE;
        }
        if (further) {
            Answer answer;
            synchronized (this) {
                answer = ended ? Answer.NEEDLESS : leave().ask(number, there, all());
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

    /**
     * What gRPC is told where there is no endpoint for the attempt with these headers. What leave that attempt had it gives back: nobody knows whether it
     * will be asked for again.
     */
    final PickResult without(PickResult told, Metadata headers) {
        int number = numberOf(headers);
        giveBack(number);
        if (!isHedged()) {
            return told;
        }
        if (isEmpty() && number > 0) {
            return AttemptLeave.NONE_BESIDE;
        }
        if (!told.isDrop() && told.getStatus().isOk()) {
            return told;
        }
        synchronized (this) {
            if (leave().areOthers(all())) {
                return AttemptLeave.NONE_BESIDE;
            }
        }
        if (told.isDrop()) {
            return told;
        }
        // Nothing is under way, and the next hedge may be far off.
        return waits ? PickResult.withNoResult() : PickResult.withDrop(told.getStatus());
    }

    private void giveBack(int number) {
        if (held != null) {
            held.giveBack(number, AttemptLeave.isAgain(number, all()));
        }
        synchronized (this) {
            if (leave != null) {
                leave.giveBack(number, all());
            }
        }
    }

    /** The attempt with these headers is made now, by the leave that it has. Under the lock of this, before it is added. */
    final void takeLeave(CallAttempt attempt, Metadata headers) {
        int number = numberOf(headers);
        if (held != null) {
            attempt.hasLeaveOf(held.take(number, AttemptLeave.isAgain(number, all())));
        }
        boolean retried = course == Course.RETRIED;
        if (isEmpty()) {
            attempt.is(number, null, retried && number > 0);
        } else {
            Grant grant = leave().take(number, all());
            attempt.is(number, grant, retried && (grant == null || !grant.again()));
        }
    }

    /** The call has ended, and gives back all leave that it has; false if it had ended before. */
    final boolean endLeaves() {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            if (leave != null) {
                leave.end();
            }
        }
        if (held != null) {
            held.end();
        }
        return true;
    }
}
