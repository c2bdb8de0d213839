package io.inmesh.balancer.attempt;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Pick;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.observe.CallObserver.AttemptObserver;
import io.inmesh.balancer.attempt.CallLane.Result;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.InjectedFaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way, as a state machine: attempts that run, perhaps a repeat that waits for its back-off, and timers.
 *
 * <p>Every event (an answer, an error, a timer, the caller's change of mind) is a task on the call's own {@link CallLane}: one after the other, so
 * that nothing in here needs a guard, and without a lock, so that what the exchange does holds up nobody but this call.
 *
 * <p>An attempt ends once: the first event that speaks of it takes it out of {@link #running} and completes its lease; what comes for it later is
 * discarded.
 */
final class Call<T> {
    private static final Logger log = LoggerFactory.getLogger(Call.class);

    private final AttemptResources resources;
    private final LoadBalancer balancer;
    private final Terms terms;
    private final Course course;
    private final AsyncExchange<T> exchange;
    private final SafeExchange<T> safely;
    private final CallTimers timers;
    private final CallLane<T> lane;

    // Lane only.
    private final List<Attempt<T>> running = new ArrayList<>(2);
    private @Nullable Pending pending;
    private boolean over;
    private boolean settled;

    /** A repeat that waits for its back-off, and the attempt that it repeats. */
    private record Pending(Course.Repeat repeat, Endpoint failed, Outcome outcome) {}

    Call(AttemptResources resources, LoadBalancer balancer, Terms terms, Course course, AsyncExchange<T> exchange) {
        this.resources = resources;
        this.balancer = balancer;
        this.terms = terms;
        this.course = course;
        this.exchange = exchange;
        this.safely = new SafeExchange<>(exchange, balancer.target());
        this.lane = new CallLane<>(exchange, this::broke);
        this.timers = new CallTimers(resources, lane::post);
    }

    /**
     * Sends the first attempt.
     *
     * @param deadlineNanos how long all attempts together may take, or {@link Course#NEVER}
     */
    CompletableFuture<T> start(long deadlineNanos) {
        lane.post(() -> {
            course.begin();
            timers.begin(deadlineNanos, () -> deadlinePassed(deadlineNanos));
            Pick pick = balancer.pick(course.context());
            if (pick instanceof Lease lease) {
                send(lease, false);
            } else {
                rejected((Rejection) pick);
            }
        });
        // Whoever completes it first: the caller may cancel it, or time it out. Where we did, nothing is left to do.
        lane.await(lane.promise(), (answer, error) -> abandoned());
        return lane.promise();
    }

    private void send(Lease lease, boolean withdrawn) {
        AttemptObserver hears = course.begun(lease.endpoint());
        Attempt<T> attempt = new Attempt<>(lease, resources.clock().nanoTime(), withdrawn, hears);
        running.add(attempt);
        long timeout = terms.config().retry().timeout().toNanos();
        if (timeout > 0) {
            attempt.timeout = timers.after(timeout, () -> timedOut(attempt));
        }
        long hedgeDelay = course.mayHedge(running.size()) ? terms.hedgeDelayNanos() : 0;
        if (hedgeDelay > 0) {
            timers.hedgeAfter(hedgeDelay, this::hedge);
        }
        Fault.Effect fault = resources.faults().next(balancer.target(), lease.endpoint(), resources.random());
        if (fault == null) {
            sendNow(attempt);
        } else if (fault instanceof Fault.Delay delay) {
            attempt.sendingLater = timers.pause(delay.by().toNanos(), () -> sendNow(attempt));
        } else if (fault instanceof Fault.Failing failing) {
            InjectedFaultException reason = new InjectedFaultException(lease.endpoint(), failing.outcome());
            ended(attempt, failing.outcome(), null, safely.failure(reason));
        }
    }

    private void sendNow(Attempt<T> attempt) {
        if (attempt.isOver()) {
            return;
        }
        CompletableFuture<T> sent;
        try {
            sent = exchange.send(attempt.lease);
        } catch (Throwable e) {
            ended(attempt, Outcome.CANCELLED, null, e);
            return;
        }
        attempt.sent(sent);
        lane.await(sent, (answer, error) -> arrived(attempt, answer, error));
    }

    private void arrived(Attempt<T> attempt, @Nullable T answer, @Nullable Throwable error) {
        if (attempt.isOver()) {
            if (answer != null) {
                exchange.discard(answer);
            }
            return;
        }
        Throwable cause = answer == null ? safely.causeOf(error) : null;
        Outcome outcome;
        try {
            outcome = cause != null
                    ? exchange.outcomeOf(cause)
                    : exchange.outcomeOf(Objects.requireNonNull(answer, "answer"));
        } catch (RuntimeException | Error e) {
            ended(attempt, Outcome.CANCELLED, null, e);
            safely.discard(answer, e);
            return;
        }
        if (terms.times() != null && Outcome.isAnswer(outcome)) {
            terms.times().record(resources.clock().nanoTime() - attempt.startNanos);
        }
        ended(attempt, outcome, answer, cause);
    }

    /** An attempt has ended: what it brought is the caller's, unless another one may still do better. */
    private void ended(Attempt<T> attempt, Outcome outcome, @Nullable T answer, @Nullable Throwable error) {
        end(attempt, outcome);
        Then then;
        try {
            then = afterwards(outcome, answer != null);
        } catch (RuntimeException | Error e) {
            // Out of running as it is, nobody else would end it.
            attempt.lease.complete(Outcome.CANCELLED);
            safely.discard(answer, e);
            throw e;
        }
        if (then.isKept()) {
            Course.keep(attempt.lease, outcome);
        } else {
            attempt.lease.complete(outcome);
        }
        if (then.isOver()) {
            finish(outcome, new Result<>(answer, then.isKept() ? attempt.lease : null, error));
            return;
        }
        Course.Repeat repeat = then.repeat();
        if (repeat != null) {
            pending = new Pending(repeat, attempt.lease.endpoint(), outcome); // First: discarding may fail.
        }
        if (answer != null) {
            exchange.discard(answer);
        }
        if (repeat != null) {
            timers.repeatAfter(repeat.delayNanos(), this::again);
        }
    }

    /** What follows an attempt that has ended so. Asks the exchange and the policy, which may fail; changes nothing but the budget, last of all. */
    private Then afterwards(Outcome outcome, boolean answered) {
        if (course.isRepeatable(outcome) && exchange.canSendAgain()) {
            boolean mayFollow = pending == null && (running.isEmpty() || course.mayHedge(running.size()));
            Course.Repeat repeat = mayFollow ? course.after(outcome, timers.leftNanos()) : null;
            if (repeat != null || pending != null || !running.isEmpty()) {
                return new Then(false, false, repeat);
            }
        }
        return new Then(true, answered && exchange.keepsLease(), null);
    }

    private void end(Attempt<T> attempt, Outcome outcome) {
        attempt.end();
        running.remove(attempt);
        course.ended(outcome, attempt.withdrawn, attempt.hears);
    }

    private void again() {
        Pending next = pending;
        if (next == null || over) {
            return;
        }
        Pick pick = balancer.pick(course.context());
        pending = null; // Not before: where picking fails, the end gives back what was withdrawn for it.
        if (pick instanceof Lease lease) {
            resources.observer().repeated(balancer.target(), next.failed, next.outcome);
            send(lease, next.repeat.withdrawn());
            return;
        }
        course.giveBack(next.repeat);
        if (running.isEmpty()) {
            rejected((Rejection) pick);
        }
    }

    private void hedge() {
        boolean mayHedge = !over && pending == null && !running.isEmpty() && course.mayHedge(running.size());
        if (!mayHedge || !exchange.canSendAgain()) {
            return;
        }
        Lease other = course.hedge();
        if (other != null) {
            send(other, true);
        }
    }

    private void timedOut(Attempt<T> attempt) {
        if (attempt.isOver()) {
            return;
        }
        try {
            TimeoutException reason = course.tooLong(attempt.lease.endpoint());
            ended(attempt, Outcome.TIMEOUT, null, safely.failure(reason));
        } finally {
            safely.giveUp(attempt);
        }
    }

    /**
     * No answer by the deadline. To blame is whoever was asked the longest, if he had half of the call's time; what began later had no time to answer, and
     * of that it is only known that it takes longer.
     */
    private void deadlinePassed(long deadlineNanos) {
        if (!over) {
            Attempt<T> longest = running.isEmpty() ? null : running.get(0);
            if (longest != null && resources.clock().nanoTime() - longest.startNanos >= deadlineNanos / 2) {
                takeBack(longest, Outcome.TIMEOUT);
            }
            finish(Outcome.TIMEOUT, Result.failed(safely.failure(course.tooLate())));
        }
    }

    private void takeBack(Attempt<T> attempt, Outcome outcome) {
        end(attempt, outcome);
        attempt.lease.complete(outcome);
        safely.giveUp(attempt);
    }

    private void rejected(Rejection rejection) {
        finish(Course.NO_ENDPOINT, Result.failed(safely.failure(new RejectedException(rejection))));
    }

    /** The caller wants no answer any more. */
    private void abandoned() {
        if (!over) {
            finish(Outcome.CANCELLED, null);
        }
    }

    /** An error of ours, or of what the exchange was asked in between: the caller is to hear of it as well. */
    private void broke(Throwable error) {
        if (settled) {
            log.warn("{}: {} failed with an answer that is not needed any more", balancer.target(), exchange, error);
        } else {
            finish(Outcome.CANCELLED, Result.failed(error));
        }
    }

    /**
     * The call is over; what still runs is taken back.
     *
     * @param outcome the call's
     * @param found null if nobody wants it
     */
    private void finish(Outcome outcome, @Nullable Result<T> found) {
        over = true;
        while (!running.isEmpty()) {
            Attempt<T> other = running.get(0);
            if (terms.times() != null && found != null && found.answer() != null) {
                terms.times().record(resources.clock().nanoTime() - other.startNanos);
            }
            takeBack(other, Outcome.CANCELLED);
        }
        course.giveBack(pending == null ? null : pending.repeat);
        pending = null;
        timers.close();
        settled = true;
        course.over(outcome);
        if (found != null) {
            lane.settle(found);
        }
    }
}
