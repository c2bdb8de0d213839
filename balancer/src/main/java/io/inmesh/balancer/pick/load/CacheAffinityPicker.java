package io.inmesh.balancer.pick.load;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import io.inmesh.balancer.pick.hash.XxHash64;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Follows what a {@link KeyTable} remembers; see {@link CacheAffinity}. */
final class CacheAffinityPicker implements Excluding {
    private final EndpointView[] endpoints;

    /** Weight of each endpoint of this revision. Never changed. */
    private final double[] weights;

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
        this.weights =
                Arrays.stream(endpoints).mapToDouble(EndpointView::weight).toArray();
        this.table = table;
        this.leastLoaded = leastLoaded;
        this.replicated = replicated;
        this.expirationNanos = expirationNanos;
        this.clock = clock;
    }

    KeyTable table() {
        return table;
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        String key = context.key();
        if (key == null || context.attempts() > 0) {
            return Excluding.choose(leastLoaded, context, exclusion);
        }
        long hash = XxHash64.hash(key);
        long now = clock.nanoTime();
        KeyTable.Entry entry = table.find(hash, now);
        int known = entry == null ? -1 : leastOf(entry, context, exclusion);
        KeyTable.Entry kept = entry;
        if (entry != null && entry.owners.length > 1 && now - entry.modifiedNanos > expirationNanos) {
            kept = new KeyTable.Entry(hash, withoutBusiest(entry), now);
            table.put(kept, now);
        }
        if (known >= 0 && !isOverloaded(known)) {
            return endpoints[known];
        }
        Choice choice = Excluding.choose(leastLoaded, context, exclusion);
        if (choice instanceof EndpointView chosen && !exclusion.holds(context, chosen)) {
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

    /**
     * Where an owner stands among the endpoints of this revision, or -1: what a table remembers of others does not count. It mostly stands where it
     * stood for the last request of the key.
     */
    private int placeOf(KeyTable.Entry entry, int owner) {
        EndpointView wanted = entry.owners[owner];
        int place = entry.places[owner];
        if (place < endpoints.length && endpoints[place] == wanted) {
            return place;
        }
        for (int i = 0; i < endpoints.length; i++) {
            if (endpoints[i] == wanted) {
                entry.places[owner] = i;
                return i;
            }
        }
        return -1;
    }

    /** The one with the least connections per weight of those that can be chosen now, or -1. */
    private int leastOf(KeyTable.Entry entry, PickContext context, Exclusion exclusion) {
        int best = -1;
        double least = 0;
        for (int owner = 0; owner < entry.owners.length; owner++) {
            int place = placeOf(entry, owner);
            if (place >= 0 && (exclusion == Exclusion.NONE || !exclusion.holds(context, endpoints[place]))) {
                double load = loadOf(place);
                if (best < 0 || load < least) {
                    best = place;
                    least = load;
                }
            }
        }
        return best;
    }

    private double loadOf(int place) {
        return Load.CONNECTIONS.of(endpoints[place], 0) / weights[place];
    }

    private EndpointView[] withoutBusiest(KeyTable.Entry entry) {
        EndpointView[] owners = entry.owners;
        int busiest = 0;
        double most = -1;
        for (int owner = 0; owner < owners.length; owner++) {
            int place = placeOf(entry, owner);
            // One that cannot be chosen is the first to go.
            double load = place < 0 ? Double.POSITIVE_INFINITY : loadOf(place);
            if (load > most) {
                busiest = owner;
                most = load;
            }
        }
        EndpointView[] left = new EndpointView[owners.length - 1];
        System.arraycopy(owners, 0, left, 0, busiest);
        System.arraycopy(owners, busiest + 1, left, busiest, left.length - busiest);
        return left;
    }

    /** More requests than weight, while another endpoint has less than half of its own. */
    private boolean isOverloaded(int place) {
        if (endpoints[place].inFlight() <= weights[place]) {
            return false;
        }
        for (int other = 0; other < endpoints.length; other++) {
            if (2.0 * endpoints[other].inFlight() < weights[other]) {
                return true;
            }
        }
        return false;
    }
}
