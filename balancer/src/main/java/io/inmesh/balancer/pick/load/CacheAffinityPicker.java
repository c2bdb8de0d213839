package io.inmesh.balancer.pick.load;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.pick.hash.XxHash64;
import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** Follows what a {@link KeyTable} remembers; see {@link CacheAffinity}. */
final class CacheAffinityPicker implements Picker {
    private final EndpointView[] endpoints;

    /** Weight of each endpoint of this revision: what a table remembers of others does not count. Never changed. */
    private final IdentityHashMap<EndpointView, Double> weights = new IdentityHashMap<>();

    private final KeyTable table;
    private final Picker leastLoaded;
    private final boolean replicated;
    private final long expirationNanos;
    private final NanoClock clock;

    CacheAffinityPicker(
            EndpointView[] endpoints,
            KeyTable table,
            Picker leastLoaded,
            boolean replicated,
            long expirationNanos,
            NanoClock clock) {
        this.endpoints = endpoints;
        this.table = table;
        this.leastLoaded = leastLoaded;
        this.replicated = replicated;
        this.expirationNanos = expirationNanos;
        this.clock = clock;
        for (EndpointView endpoint : endpoints) {
            weights.put(endpoint, endpoint.weight());
        }
    }

    KeyTable table() {
        return table;
    }

    @Override
    public Choice choose(PickContext context) {
        String key = context.key();
        if (key == null || context.attempts() > 0) {
            return leastLoaded.choose(context);
        }
        long hash = XxHash64.hash(key);
        long now = clock.nanoTime();
        KeyTable.Entry entry = table.find(hash, now);
        EndpointView known = entry == null ? null : leastOf(entry.owners);
        KeyTable.Entry kept = entry;
        if (entry != null && entry.owners.length > 1 && now - entry.modifiedNanos > expirationNanos) {
            kept = new KeyTable.Entry(hash, withoutBusiest(entry.owners), now);
            table.put(kept, now);
        }
        if (known != null && !isOverloaded(known)) {
            return known;
        }
        Choice choice = leastLoaded.choose(context);
        if (choice instanceof EndpointView chosen) {
            remember(hash, kept, chosen, now);
        }
        return choice;
    }

    private void remember(long hash, KeyTable.@Nullable Entry entry, EndpointView chosen, long now) {
        if (entry != null && Arrays.asList(entry.owners).contains(chosen)) {
            return;
        }
        EndpointView[] owners = {chosen};
        if (entry != null && replicated) {
            owners = Arrays.copyOf(entry.owners, entry.owners.length + 1);
            owners[entry.owners.length] = chosen;
        }
        table.put(new KeyTable.Entry(hash, owners, now), now);
    }

    /** The one with the least connections per weight of those that can be chosen now, or null. */
    private @Nullable EndpointView leastOf(EndpointView[] owners) {
        EndpointView best = null;
        double least = 0;
        for (EndpointView owner : owners) {
            Double weight = weights.get(owner);
            if (weight != null) {
                double load = Load.CONNECTIONS.of(owner, 0) / weight;
                if (best == null || load < least) {
                    best = owner;
                    least = load;
                }
            }
        }
        return best;
    }

    private EndpointView[] withoutBusiest(EndpointView[] owners) {
        int busiest = 0;
        double most = -1;
        for (int i = 0; i < owners.length; i++) {
            Double weight = weights.get(owners[i]);
            // One that cannot be chosen is the first to go.
            double load = weight == null ? Double.POSITIVE_INFINITY : Load.CONNECTIONS.of(owners[i], 0) / weight;
            if (load > most) {
                busiest = i;
                most = load;
            }
        }
        EndpointView[] left = new EndpointView[owners.length - 1];
        System.arraycopy(owners, 0, left, 0, busiest);
        System.arraycopy(owners, busiest + 1, left, busiest, left.length - busiest);
        return left;
    }

    /** More requests than weight, while another endpoint has less than half of its own. */
    private boolean isOverloaded(EndpointView endpoint) {
        Double weight = weights.get(endpoint);
        if (weight == null || endpoint.inFlight() <= weight) {
            return false;
        }
        for (EndpointView other : endpoints) {
            if (2.0 * other.inFlight() < other.weight()) {
                return true;
            }
        }
        return false;
    }
}
