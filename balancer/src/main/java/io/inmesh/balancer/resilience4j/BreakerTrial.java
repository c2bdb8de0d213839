package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.api.Outcome;
import io.inmesh.balancer.state.Trial;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The calls that a half-open breaker permits, all together and not at a time: it decides when they have ended. Their ends it hears with all others; here
 * only permissions are taken, and given back by those that tell nothing.
 */
final class BreakerTrial implements Trial {
    private final CircuitBreaker breaker;
    private final int permitted;

    /** Permissions taken. Moved by whoever begins or ends a request, read by pickers. */
    private final AtomicInteger taken = new AtomicInteger();

    BreakerTrial(CircuitBreaker breaker) {
        this.breaker = breaker;
        this.permitted = breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState();
    }

    @Override
    public boolean isFull() {
        return taken.get() >= permitted;
    }

    @Override
    public void begun() {
        if (breaker.tryAcquirePermission()) {
            taken.incrementAndGet();
        }
    }

    @Override
    public void ended(Outcome outcome) {
        if (!Recording.isTold(outcome)) {
            breaker.releasePermission();
            taken.decrementAndGet();
        }
    }
}
