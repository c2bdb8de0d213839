package io.inmesh.balancer.attempt;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
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
import java.util.concurrent.CompletionException;
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
    private static final Outcome NO_ENDPOINT = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);

    private final AttemptResources resources;
    private final LoadBalancer balancer;
    private final Terms terms;
    private final Course course;
    private final AsyncExchange<T> exchange;
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
            timers.begin(deadlineNanos, this::deadlinePassed);
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
            ended(attempt, failing.outcome(), null, failure(reason), false);
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
            ended(attempt, Outcome.CANCELLED, null, e, false);
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
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (answer == null && cause == null) {
            cause = new NullPointerException(exchange + " answered null (expected: an answer, or an error)");
        }
        Outcome outcome;
        try {
            outcome = answer != null
                    ? exchange.outcomeOf(answer)
                    : exchange.outcomeOf(Objects.requireNonNull(cause, "cause"));
        } catch (RuntimeException | Error e) {
            ended(attempt, Outcome.CANCELLED, null, e, false);
            if (answer != null) {
                exchange.discard(answer);
            }
            return;
        }
        if (terms.times() != null && Course.isAnswer(outcome)) {
            terms.times().record(resources.clock().nanoTime() - attempt.startNanos);
        }
        ended(attempt, outcome, answer, cause, false);
    }

    /** An attempt has ended: what it brought is the caller's, unless another one may still do better. */
    private void ended(
            Attempt<T> attempt, Outcome outcome, @Nullable T answer, @Nullable Throwable error, boolean timedOut) {
        end(attempt, outcome);
        if (course.isRepeatable(outcome, timedOut) && exchange.canSendAgain()) {
            boolean mayFollow = pending == null && (running.isEmpty() || course.mayHedge(running.size()));
            Course.Repeat repeat = mayFollow ? course.after(outcome, timers.leftNanos()) : null;
            if (repeat != null || pending != null || !running.isEmpty()) {
                attempt.lease.complete(outcome);
                if (answer != null) {
                    exchange.discard(answer);
                }
                if (repeat != null) {
                    pending = new Pending(repeat, attempt.lease.endpoint(), outcome);
                    timers.repeatAfter(repeat.delayNanos(), this::again);
                }
                return;
            }
        }
        Lease kept = null;
        if (answer != null && exchange.keepsLease()) {
            kept = attempt.lease;
            Course.keep(kept, outcome);
        } else {
            attempt.lease.complete(outcome);
        }
        finish(outcome, Outcome.CANCELLED, new Result<>(answer, kept, error));
    }

    private void end(Attempt<T> attempt, Outcome outcome) {
        attempt.end();
        running.remove(attempt);
        course.ended(outcome, attempt.withdrawn, attempt.hears);
    }

    private void again() {
        Pending next = pending;
        pending = null;
        if (next == null || over) {
            return;
        }
        Pick pick = balancer.pick(course.context());
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
        TimeoutException reason = new TimeoutException(balancer.target() + ": no answer from "
                + attempt.lease.endpoint().address() + " within retry.timeout, "
                + terms.config().retry().timeout());
        ended(attempt, Outcome.TIMEOUT, null, failure(reason), true);
        giveUp(attempt);
    }

    private void deadlinePassed() {
        if (!over) {
            TimeoutException reason =
                    new TimeoutException(balancer.target() + ": no answer by the deadline of the call, after "
                            + course.attempts() + (course.attempts() == 1 ? " attempt" : " attempts"));
            finish(Outcome.TIMEOUT, Outcome.TIMEOUT, Result.failed(failure(reason)));
        }
    }

    private void rejected(Rejection rejection) {
        finish(NO_ENDPOINT, Outcome.CANCELLED, Result.failed(failure(new RejectedException(rejection))));
    }

    /** The caller wants no answer any more. */
    private void abandoned() {
        if (!over) {
            finish(Outcome.CANCELLED, Outcome.CANCELLED, null);
        }
    }

    /** An error of ours, or of what the exchange was asked in between: the caller is to hear of it as well. */
    private void broke(Throwable error) {
        if (settled) {
            log.warn("{}: {} failed with an answer that is not needed any more", balancer.target(), exchange, error);
        } else {
            finish(Outcome.CANCELLED, Outcome.CANCELLED, Result.failed(error));
        }
    }

    /**
     * The call is over.
     *
     * @param outcome the call's
     * @param others that of the attempts that still run
     * @param found null if nobody wants it
     */
    private void finish(Outcome outcome, Outcome others, @Nullable Result<T> found) {
        over = true;
        while (!running.isEmpty()) {
            Attempt<T> other = running.get(0);
            end(other, others);
            other.lease.complete(others);
            if (terms.times() != null && found != null && found.answer() != null) {
                terms.times().record(resources.clock().nanoTime() - other.startNanos);
            }
            giveUp(other);
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

    private void giveUp(Attempt<T> attempt) {
        try {
            attempt.giveUp();
        } catch (RuntimeException | Error e) {
            log.warn("{}: {} failed to take an attempt back", balancer.target(), exchange, e);
        }
    }

    private Throwable failure(Exception reason) {
        try {
            return exchange.failure(reason);
        } catch (RuntimeException | Error e) {
            e.addSuppressed(reason);
            return e;
        }
    }
}
