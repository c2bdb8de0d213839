package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.time.NanoClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says how current data are: an open watch that is alive tells of every change, so they are at most as old as its last sign of life (a
 * line of whatever kind, a watch that has lived for a second, a complete list).
 *
 * <p>Threads: any.
 */
public final class Pulse {
    private final NanoClock clock;
    private final long bornNanos;

    // Written by the transport's threads and the lane, read by anyone. Two that beat at once may swap: nanoseconds
    // between them.
    private volatile long lastNanos;
    private volatile boolean everBeat;
    private volatile boolean connected;

    /** How often a watch was opened. Raised by whoever opens one, read by anyone. */
    private final AtomicLong opened = new AtomicLong();

    Pulse(NanoClock clock) {
        this.clock = clock;
        this.bornNanos = clock.nanoTime();
    }

    void beat() {
        lastNanos = clock.nanoTime();
        everBeat = true;
    }

    void connected() {
        opened.incrementAndGet();
        connected = true;
    }

    void disconnected() {
        connected = false;
    }

    /** True while a watch is open. */
    public boolean isConnected() {
        return connected;
    }

    /** How often a watch was opened again after the first. */
    public long reconnects() {
        return Math.max(0, opened.get() - 1);
    }

    /** Time since the last sign of life; empty if there was none yet. */
    public Optional<Duration> sinceLastSign() {
        return everBeat ? Optional.of(Duration.ofNanos(clock.nanoTime() - lastNanos)) : Optional.empty();
    }

    /** Time since the last sign of life, or since watching began if there was none yet. */
    public Duration age() {
        return sinceLastSign().orElseGet(() -> Duration.ofNanos(clock.nanoTime() - bornNanos));
    }
}
