package io.inmesh.balancer.attempt;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Pick;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.observe.CallObserver.AttemptObserver;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.InjectedFaultException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request that blocks, one attempt after the other on the thread of its caller: the way of all blocking calls of which nothing is timed or
 * hedged. Holds no lock and waits on futures, so that a virtual thread that waits in here costs no carrier.
 */
final class CallersThread<T, E extends Exception> {
    private final AttemptResources resources;
    private final LoadBalancer balancer;
    private final Course course;
    private final Exchange<T, E> exchange;

    /** What the last attempt came to. */
    private Outcome outcome = Outcome.CANCELLED;

    /** Hears how the attempt that runs ends. */
    private AttemptObserver hears = AttemptObserver.NONE;

    /** The repeat that runs or waits. */
    private Course.@Nullable Repeat repeat;

    /** How an attempt ended: with an answer, or with an exception of the exchange's kind. */
    private record End<T>(
            Outcome outcome, @Nullable T answer, @Nullable Exception error) {}

    CallersThread(AttemptResources resources, LoadBalancer balancer, Course course, Exchange<T, E> exchange) {
        this.resources = resources;
        this.balancer = balancer;
        this.course = course;
        this.exchange = exchange;
    }

    T run() throws E {
        course.begin();
        try {
            return attempts(begin());
        } finally {
            hears.ended(outcome); // Where something was thrown that is no failed attempt.
            course.giveBack(repeat);
            course.over(outcome);
        }
    }

    private T attempts(Lease first) throws E {
        Lease lease = first;
        while (true) {
            End<T> end = attempt(lease);
            outcome = end.outcome;
            course.ended(outcome, repeat != null && repeat.withdrawn(), hears);
            hears = AttemptObserver.NONE;
            repeat = null; // What was withdrawn for it is given back.
            Course.Repeat next;
            boolean kept;
            try {
                next = course.isRepeatable(outcome) ? course.after(outcome, Course.NEVER) : null;
                kept = next == null && end.answer != null && exchange.keepsLease();
            } catch (RuntimeException | Error e) {
                abandon(lease, end.answer, e);
                throw e;
            }
            repeat = next;
            if (kept) {
                Course.keep(lease, outcome);
            } else {
                lease.complete(outcome);
            }
            if (next == null) {
                return last(end);
            }
            if (end.answer != null) {
                exchange.discard(end.answer);
            }
            pause(next.delayNanos());
            Endpoint failed = lease.endpoint();
            Outcome why = outcome;
            lease = begin();
            resources.observer().repeated(balancer.target(), failed, why);
        }
    }

    /** What was asked after an attempt is broken: the endpoint is not to blame, and nothing stays open. */
    private void abandon(Lease lease, @Nullable T answer, Throwable failed) {
        outcome = Outcome.CANCELLED;
        lease.complete(outcome);
        if (answer != null) {
            discard(answer, failed);
        }
    }

    private Lease begin() throws E {
        outcome = Outcome.CANCELLED; // Holds if picking fails.
        Pick pick = balancer.pick(course.context());
        if (pick instanceof Rejection rejection) {
            outcome = Course.NO_ENDPOINT;
            throw exchange.failure(new RejectedException(rejection));
        }
        Lease lease = (Lease) pick;
        hears = course.begun(lease.endpoint());
        return lease;
    }

    /** Whatever is thrown from here ends the lease: then the endpoint is not to blame, and nothing is sent again. */
    private End<T> attempt(Lease lease) throws E {
        boolean ended = false;
        try {
            InjectedFaultException fault = faultAt(lease);
            End<T> end = fault == null ? sent(lease) : new End<>(fault.outcome(), null, exchange.failure(fault));
            ended = true;
            return end;
        } finally {
            if (!ended) {
                outcome = Outcome.CANCELLED;
                lease.close();
            }
        }
    }

    private End<T> sent(Lease lease) throws E {
        T answer;
        try {
            answer = exchange.send(lease);
        } catch (RuntimeException e) {
            throw e; // Of no kind the exchange knows to be a failed request.
        } catch (Exception e) {
            return new End<>(exchange.outcomeOf(e), null, e);
        }
        Objects.requireNonNull(answer, () -> exchange + " answered null (expected: an answer, or an exception)");
        try {
            return new End<>(exchange.outcomeOf(answer), answer, null);
        } catch (RuntimeException | Error e) {
            discard(answer, e);
            throw e;
        }
    }

    /** Of an answer that nobody can read because something else has failed, which the caller is to hear of first. */
    private void discard(T answer, Throwable failed) {
        try {
            exchange.discard(answer);
        } catch (RuntimeException | Error e) {
            failed.addSuppressed(e);
        }
    }

    @SuppressWarnings(
            "unchecked") // Nothing but the exchange has thrown, and of checked exceptions it throws these alone.
    private T last(End<T> end) throws E {
        if (end.error != null) {
            throw (E) end.error;
        }
        return Objects.requireNonNull(end.answer, "answer");
    }

    /** What is made to go wrong there, after a delay that is made to pass; null if the attempt may be sent. */
    private @Nullable InjectedFaultException faultAt(Lease lease) throws E {
        Fault.Effect fault = resources.faults().next(balancer.target(), lease.endpoint(), resources.random());
        if (fault instanceof Fault.Failing failing) {
            return new InjectedFaultException(lease.endpoint(), failing.outcome());
        }
        if (fault instanceof Fault.Delay delay) {
            pause(delay.by().toNanos());
        } else if (fault instanceof Fault.BlackHole) {
            await(new CompletableFuture<>());
        }
        return null;
    }

    /** Waits; not where the mesh's timers have ended, since whatever is asked next says so. */
    private void pause(long nanos) throws E {
        if (nanos <= 0 || !resources.hold().take()) {
            return;
        }
        CompletableFuture<Void> passed = new CompletableFuture<>();
        Cancellable timer = resources.scheduler().pause(() -> passed.complete(null), Duration.ofNanos(nanos));
        try {
            await(passed);
        } finally {
            timer.cancel();
            resources.hold().release();
        }
    }

    private void await(CompletableFuture<Void> passed) throws E {
        try {
            passed.get();
        } catch (InterruptedException e) {
            outcome = Outcome.CANCELLED;
            Thread.currentThread().interrupt();
            throw exchange.failure(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a wait cannot fail", e);
        }
    }
}
