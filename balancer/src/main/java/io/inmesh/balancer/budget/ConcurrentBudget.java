package io.inmesh.balancer.budget;

import java.util.concurrent.atomic.AtomicInteger;

/** A share of what runs at this moment, and a few in any case (Envoy's {@code retry_budget}, 20 % and 3 by default). */
final class ConcurrentBudget implements RetryBudget {
    private static final long WHOLE = 100;

    private final int percent;
    private final int least;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();

    ConcurrentBudget(int percent, int least) {
        this.percent = percent;
        this.least = least;
    }

    @Override
    public void deposit() {
        calls.getAndIncrement();
    }

    @Override
    public void ended() {
        calls.getAndDecrement();
    }

    /** Counted before it is looked whether that is too many, so that threads that ask at once never get too many. */
    @Override
    public boolean tryWithdraw() {
        int running = taken.incrementAndGet();
        if (running <= least || running * WHOLE <= (long) percent * calls.get()) {
            return true;
        }
        taken.getAndDecrement();
        return false;
    }

    @Override
    public void returned() {
        taken.getAndDecrement();
    }
}
