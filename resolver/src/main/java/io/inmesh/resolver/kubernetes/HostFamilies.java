package io.inmesh.resolver.kubernetes;

import io.inmesh.api.time.NanoClock;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The families that this host has addresses of, looked at again when somebody asks and the last look is a minute old: a network that
 * comes up late, as IPv6 and tunnels do, is used without a restart (rule F-4). A look takes milliseconds, so not every evaluation can
 * have one.
 *
 * <p>Threads: any.
 */
final class HostFamilies implements Supplier<Set<AddressFamily>> {
    static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private final Supplier<Set<AddressFamily>> look;
    private final NanoClock clock;

    // All guarded by this.
    private Set<AddressFamily> known = Set.of();
    private boolean looked;
    private long lookedNanos;

    HostFamilies(Supplier<Set<AddressFamily>> look, NanoClock clock) {
        this.look = look;
        this.clock = clock;
    }

    @Override
    public synchronized Set<AddressFamily> get() {
        long now = clock.nanoTime();
        if (!looked || now - lookedNanos >= LOOK_AGAIN.toNanos()) {
            looked = true;
            lookedNanos = now;
            known = Set.copyOf(look.get());
        }
        return known;
    }
}
