package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.SynchronizationContext;
import io.inmesh.api.Outcome;
import io.inmesh.api.observe.CallObserver;
import io.inmesh.api.observe.CallObserver.AttemptObserver;
import java.util.IdentityHashMap;

/**
 * The attempts of a call that somebody wants to hear of one by one, as for traces. A class of its own, so that calls nobody asks about cost nothing for
 * it.
 *
 * <p>Threads: any; what is told comes one after the other, in the order in which it came about, and without a lock: an observer may wait for whoever has
 * something to tell as well, who then leaves it here.
 */
final class ObservedAttempts extends CallAttempts {
    private final CallObserver hears;

    /** In which all is told, and what is below is touched. An observer is guarded before it comes here; an exhausted machine is the thread's affair. */
    private final SynchronizationContext telling = new SynchronizationContext(
            (thread, error) -> thread.getUncaughtExceptionHandler().uncaughtException(thread, error));

    /** Who hears of those that run. */
    private final IdentityHashMap<CallAttempt, AttemptObserver> running = new IdentityHashMap<>(4);

    private boolean told;

    ObservedAttempts(CallObserver hears, CallTerms terms, Course course, MethodType type, CallOptions options) {
        super(terms, course, type, options);
        this.hears = hears;
    }

    @Override
    void hasBegun(CallAttempt attempt) {
        telling.execute(() -> {
            if (told) {
                return; // It began as the call ended, which has been told.
            }
            AttemptObserver one = hears.attempt(attempt.endpoint());
            if (attempt.isOver()) {
                one.ended(attempt.outcome());
            } else {
                running.put(attempt, one);
            }
        });
    }

    @Override
    void isOver(CallAttempt attempt, Outcome outcome) {
        telling.execute(() -> {
            AttemptObserver one = running.remove(attempt);
            if (one != null) {
                one.ended(outcome);
            }
        });
    }

    @Override
    void isOver(int attempts, Outcome outcome) {
        telling.execute(() -> {
            told = true;
            running.values().forEach(one -> one.ended(Outcome.CANCELLED));
            running.clear();
            hears.ended(attempts, outcome);
        });
    }
}
