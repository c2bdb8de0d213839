package io.inmesh.balancer.micrometer;

import io.inmesh.api.Target;
import io.inmesh.api.WatchAge;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The resolvers of one target that are at work, and how fresh they are.
 *
 * <p>Threads: any; begin and end come one at a time.
 */
final class Watchings {
    private final List<Watching> open = new CopyOnWriteArrayList<>();

    /** Reconnects of watchings that have ended, so that the sum never falls. Guarded by this. */
    private long endedReconnects;

    private static final class Watching {
        private final Target target;
        private final Supplier<List<WatchAge>> ages;

        /** The most that was ever seen: once it has ended it tells nothing. Written by whoever looks, the largest stays. */
        private final AtomicLong reconnects = new AtomicLong();

        private Watching(Target target, Supplier<List<WatchAge>> ages) {
            this.target = target;
            this.ages = ages;
        }
    }

    void begin(Target target, Supplier<List<WatchAge>> ages) {
        open.add(new Watching(target, ages));
    }

    /** Ends the one that began with that object. */
    @SuppressWarnings("ReferenceEquality") // Suppliers are known by identity.
    synchronized void end(Supplier<List<WatchAge>> ages) {
        for (Watching watching : open) {
            if (watching.ages == ages) {
                endedReconnects += watching.reconnects.get();
                open.remove(watching);
                return;
            }
        }
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Whether one is at work for the target spelt exactly so, query included. */
    boolean has(Target target) {
        return open.stream().anyMatch(watching -> watching.target.equals(target));
    }

    /** Seconds since the last proof of life of what was heard from longest ago; NaN where nothing is watched. */
    double ageSeconds() {
        return ages().stream()
                .mapToDouble(age -> age.age().toNanos() / 1e9)
                .max()
                .orElse(Double.NaN);
    }

    /** How many watches are being listened to. */
    double connected() {
        return ages().stream().filter(WatchAge::connected).count();
    }

    /** How many are not, and are being tried again. */
    double disconnected() {
        return ages().stream().filter(age -> !age.connected()).count();
    }

    /** How often watches were opened again. */
    double reconnects() {
        for (Watching watching : open) { // Without the lock: a resolver may have locks of its own.
            long now =
                    watching.ages.get().stream().mapToLong(WatchAge::reconnects).sum();
            watching.reconnects.accumulateAndGet(now, Math::max);
        }
        return seenReconnects();
    }

    private synchronized long seenReconnects() {
        long sum = endedReconnects;
        for (Watching watching : open) {
            sum += watching.reconnects.get();
        }
        return sum;
    }

    private List<WatchAge> ages() {
        List<WatchAge> all = new ArrayList<>();
        open.forEach(watching -> all.addAll(watching.ages.get()));
        return all;
    }
}
