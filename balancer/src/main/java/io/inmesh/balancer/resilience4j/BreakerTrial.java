package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.api.Outcome;
import io.inmesh.balancer.state.Trial;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The calls that a half-open breaker permits, all together and not at a time: it decides when they have ended. Their ends it hears with all others; here
 * only permissions are taken, and given back by those that tell nothing. Which ones got a permission is known of each, since threads that choose at the
 * same moment may begin more than are permitted, and a breaker takes back what it never gave.
 */
final class BreakerTrial implements Trial {
    private static final Request WITHOUT_PERMISSION = outcome -> {};

    private final CircuitBreaker breaker;
    private final int permitted;

    /** Permissions taken. Moved by whoever begins or ends a request, read by pickers. */
    private final AtomicInteger taken = new AtomicInteger();

    /** True once the breaker has gone on; then there is nothing to give back to. Written on the source's lane, read by requests that end. */
    private volatile boolean over;

    BreakerTrial(CircuitBreaker breaker) {
        this.breaker = breaker;
        this.permitted = breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState();
    }

    @Override
    public boolean isFull() {
        return taken.get() >= permitted;
    }

    @Override
    public Request begin() {
        if (!breaker.tryAcquirePermission()) {
            return WITHOUT_PERMISSION;
        }
        taken.incrementAndGet();
        return this::ended;
    }

    /** Of one that has a permission. */
    private void ended(Outcome outcome) {
        if (over) {
            return;
        }
        if (!Recording.isTold(outcome)) {
            breaker.releasePermission();
            taken.decrementAndGet();
        } else if (Recording.isIgnored(breaker, outcome)) {
            taken.decrementAndGet(); // The breaker took it back when it was told.
        }
    }

    /** The breaker is in another state, or half open anew. */
    void end() {
        over = true;
    }
}
