package io.inmesh.balancer.eject;

import io.inmesh.balancer.config.EjectReturn;
import java.time.Duration;

/**
 * For how long an endpoint is ejected: {@code min(base * multiplier, max)}, where the multiplier grows by one with each ejection and falls by one
 * with each interval that the endpoint passes in health (gRFC A50, Envoy). Of one endpoint.
 *
 * <p>Threads: one lane.
 */
final class Backoff {
    private final EjectReturn times;
    private int multiplier;

    Backoff(EjectReturn times) {
        this.times = times;
    }

    /** Ejected once more: for how long. */
    Duration ejected() {
        multiplier++;
        // Compared before it is multiplied: a day a million times is no duration.
        return multiplier > times.max().toNanos() / times.base().toNanos()
                ? times.max()
                : times.base().multipliedBy(multiplier);
    }

    /** As many ejections are remembered as by that one. */
    void takeOver(Backoff before) {
        multiplier = before.multiplier;
    }

    /** An interval in health. */
    void swept() {
        multiplier = Math.max(0, multiplier - 1);
    }

    /** True if an ejection has left something that fades with health. */
    boolean remembers() {
        return multiplier > 0;
    }
}
