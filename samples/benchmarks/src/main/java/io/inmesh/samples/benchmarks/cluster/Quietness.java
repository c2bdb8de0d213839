package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.time.NanoClock;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that runs ahead on demand: each change can find a set that was quiet for long, and nobody has to wait for that. */
final class Quietness implements NanoClock {
    private static final long LONG_NANOS = 1_000_000_000L;

    private final AtomicLong aheadNanos = new AtomicLong();

    /** A second passes. */
    void pass() {
        aheadNanos.addAndGet(LONG_NANOS);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() + aheadNanos.get();
    }
}
