package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.inmesh.api.Outcome;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.guard.Guard;
import org.jspecify.annotations.Nullable;

/** The instances before one service, in their order; what an earlier one has given is given back where a later one refuses. */
final class ServiceGuard implements Guard {
    private final @Nullable CircuitBreaker breaker;
    private final @Nullable RateLimiter limiter;
    private final @Nullable Bulkhead bulkhead;
    private final Rejection open;
    private final Rejection tooMany;
    private final Rejection full;

    ServiceGuard(
            ServiceKey key,
            @Nullable CircuitBreaker breaker,
            @Nullable RateLimiter limiter,
            @Nullable Bulkhead bulkhead) {
        this.breaker = breaker;
        this.limiter = limiter;
        this.bulkhead = bulkhead;
        this.open = refusal(
                key,
                "circuit breaker '" + (breaker == null ? "" : breaker.getName())
                        + "' permits no call: it is open, or half open with all of its calls under way");
        this.tooMany = refusal(
                key,
                "rate limiter '" + (limiter == null ? "" : limiter.getName())
                        + "' has no permission left in this period; send less, or raise its limitForPeriod");
        this.full = refusal(
                key,
                "bulkhead '" + (bulkhead == null ? "" : bulkhead.getName())
                        + "' is full; send fewer at a time, or raise its maxConcurrentCalls");
    }

    private static Rejection refusal(ServiceKey key, String text) {
        return new Rejection(Reason.LIMITED, key.describe() + ": " + text);
    }

    @Override
    public @Nullable Rejection enter() {
        if (breaker != null && !breaker.tryAcquirePermission()) {
            return open;
        }
        if (bulkhead != null && !bulkhead.tryAcquirePermission()) {
            giveBreakerBack();
            return full;
        }
        if (limiter != null && !limiter.acquirePermission()) { // Last: what it has given it takes back from nobody.
            withdrawn();
            return tooMany;
        }
        return null;
    }

    @Override
    public void ended(Outcome outcome, long elapsedNanos) {
        if (bulkhead != null) {
            bulkhead.onComplete();
        }
        if (breaker == null) {
            return;
        }
        if (Recording.isTold(outcome)) {
            Recording.tell(breaker, outcome, elapsedNanos);
        } else {
            breaker.releasePermission();
        }
    }

    @Override
    public void withdrawn() {
        if (bulkhead != null) {
            bulkhead.releasePermission();
        }
        giveBreakerBack();
    }

    private void giveBreakerBack() {
        if (breaker != null) {
            breaker.releasePermission();
        }
    }
}
