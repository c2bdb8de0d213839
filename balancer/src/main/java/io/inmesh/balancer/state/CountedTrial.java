package io.inmesh.balancer.state;

import io.inmesh.api.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A trial of so many requests at a time. */
public final class CountedTrial implements Trial {
    private final int permits;
    private final Consumer<Outcome> hears;

    /** Trial requests that run now. Moved by whoever begins or ends one, read by pickers. */
    private final AtomicInteger running = new AtomicInteger();

    /**
     * A new one.
     *
     * @param permits how many at a time, at least 1
     * @param hears what each came to: {@link Outcome#SUCCESS} as soon as its answer has begun, and how it ended unless that is a success told
     *     before; on the thread that tells it; must be quick and must not fail
     */
    public CountedTrial(int permits, Consumer<Outcome> hears) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits: " + permits + " (expected: 1 or more)");
        }
        this.permits = permits;
        this.hears = hears;
    }

    @Override
    public boolean isFull() {
        return running.get() >= permits;
    }

    @Override
    public Request begin() {
        running.incrementAndGet();
        return new Counted();
    }

    private final class Counted implements Request {
        /** Whether it has been told that it went well. Set once by whoever is first. */
        private final AtomicBoolean told = new AtomicBoolean();

        @Override
        public void answered() {
            if (told.compareAndSet(false, true)) {
                hears.accept(Outcome.SUCCESS);
            }
        }

        @Override
        public void ended(Outcome outcome) {
            running.decrementAndGet();
            boolean wentWell = Outcome.isAnswer(outcome);
            if (told.compareAndSet(false, true) || !wentWell) {
                hears.accept(outcome);
            }
        }
    }

    @Override
    public String toString() {
        return "CountedTrial[" + running + " of " + permits + "]";
    }
}
