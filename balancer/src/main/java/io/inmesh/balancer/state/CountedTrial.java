package io.inmesh.balancer.state;

import io.inmesh.api.Outcome;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A trial of so many requests at a time. */
public final class CountedTrial implements Trial {
    private final int permits;
    private final Consumer<Outcome> ended;

    /** Trial requests that run now. Moved by whoever begins or ends one, read by pickers. */
    private final AtomicInteger running = new AtomicInteger();

    /**
     * A new one.
     *
     * @param permits how many at a time, at least 1
     * @param ended hears how each ended, on the thread that ended it; must be quick and must not fail
     */
    public CountedTrial(int permits, Consumer<Outcome> ended) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits: " + permits + " (expected: 1 or more)");
        }
        this.permits = permits;
        this.ended = ended;
    }

    @Override
    public boolean isFull() {
        return running.get() >= permits;
    }

    @Override
    public void begun() {
        running.incrementAndGet();
    }

    @Override
    public void ended(Outcome outcome) {
        running.decrementAndGet();
        ended.accept(outcome);
    }

    @Override
    public String toString() {
        return "CountedTrial[" + running + " of " + permits + "]";
    }
}
