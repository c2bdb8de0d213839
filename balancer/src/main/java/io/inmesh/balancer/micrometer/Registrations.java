package io.inmesh.balancer.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one thing that comes and goes, removed together with it. After that none can be added, so that a request which ends late
 * leaves nothing behind.
 *
 * <p>Threads: any.
 */
final class Registrations {
    private final MeterRegistry registry;

    // Both are guarded by this.
    private final List<Meter> registered = new ArrayList<>();
    private boolean removed;

    Registrations(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Registers one; null if the thing has gone. */
    synchronized <M extends Meter> @Nullable M add(Function<MeterRegistry, M> register) {
        if (removed) {
            return null;
        }
        M meter = register.apply(registry);
        registered.add(meter);
        return meter;
    }

    synchronized void removeAll() {
        removed = true;
        registered.forEach(registry::remove);
        registered.clear();
    }
}
