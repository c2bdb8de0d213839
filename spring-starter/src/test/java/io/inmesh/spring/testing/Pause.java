package io.inmesh.spring.testing;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A time for which somebody waits: it moves the clock to its end, unless somebody else has, and runs what follows. */
final class Pause implements Runnable, Scheduler.Cancellable {
    private final Runnable then;
    private final FakeClock clock;
    private final Object turn;
    private final long beginNanos;
    private final long nanos;

    /** Whether it has ended or was taken back: whoever is first decides. */
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * Begins now.
     *
     * @param turn held while one moves the clock, so that several who pause at once pause together
     */
    Pause(Runnable then, Duration delay, FakeClock clock, Object turn) {
        this.then = then;
        this.clock = clock;
        this.turn = turn;
        this.beginNanos = clock.nanoTime();
        this.nanos = TimeUnit.NANOSECONDS.convert(delay);
    }

    @Override
    public void run() {
        try {
            synchronized (turn) {
                if (!over.get()) {
                    clock.advance(Duration.ofNanos(Math.max(0, nanos - (clock.nanoTime() - beginNanos))));
                }
            }
        } finally {
            if (over.compareAndSet(false, true)) {
                then.run();
            }
        }
    }

    @Override
    public void cancel() {
        over.set(true);
    }
}
