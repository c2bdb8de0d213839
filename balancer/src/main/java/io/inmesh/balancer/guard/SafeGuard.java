package io.inmesh.balancer.guard;

import io.inmesh.api.Internal;
import io.inmesh.api.Outcome;
import io.inmesh.api.Rejection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guard that runs code of the application's, its predicates and event consumers, and cannot break a request by it: the first failure is logged,
 * and a guard that fails when it is asked gives leave.
 */
@Internal
public final class SafeGuard implements Guard {
    private static final Logger log = LoggerFactory.getLogger(SafeGuard.class);

    private final Guard guard;
    private final AtomicBoolean failed = new AtomicBoolean();

    /** The guard made safe. */
    public SafeGuard(Guard guard) {
        this.guard = guard;
    }

    @Override
    public @Nullable Rejection enter() {
        try {
            return guard.enter();
        } catch (RuntimeException | LinkageError e) {
            note(e);
            return null;
        }
    }

    @Override
    public void ended(Outcome outcome, long elapsedNanos) {
        safely(() -> guard.ended(outcome, elapsedNanos));
    }

    @Override
    public void withdrawn() {
        safely(guard::withdrawn);
    }

    private void safely(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | LinkageError e) {
            note(e);
        }
    }

    private void note(Throwable e) {
        if (failed.compareAndSet(false, true)) {
            log.warn("{} failed; requests go on, and its further failures are not logged", guard, e);
        }
    }

    @Override
    public String toString() {
        return guard.toString();
    }
}
