package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import io.inmesh.balancer.pick.SplitMix64;
import io.inmesh.balancer.pick.Stripes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives a request to the owner of its slot, as {@code dh} and {@code sh} of IPVS do. The table has a place for those that must not be chosen just
 * now as well, for it is not consistent: filled without one of them it would be another table, and most keys would move.
 *
 * <p>Where the owner cannot be had, because it is unavailable or was tried, the hash is hashed again with the number of the attempt until one can,
 * as under the fallback flags of IPVS. (That adds the number to the slot, {@code ip_vs_sh_get_fallback}, and so sends all keys of one endpoint to
 * one other wherever the number of endpoints divides 256; here they spread.) Under {@code strict} the request is turned down; one that has tried
 * all there are goes to its owner again (contract C12).
 */
final class IpvsPicker implements Excluding {
    /** So many find one of those that can be had with 99.6 % where half can; then the table is walked. */
    private static final int REHASHES = 8;

    private final EndpointView[] endpoints;

    /** Whether each may be chosen. */
    private final boolean[] available;

    private final Slots slots;
    private final ToLongFunction<PickContext> hash;

    /** What is said instead of falling back, by an owner that health keeps out and by one that is full; null = it falls back. */
    private final @Nullable Rejection ownerAway;

    private final @Nullable Rejection ownerFull;

    private IpvsPicker(
            EndpointView[] endpoints,
            boolean[] available,
            Slots slots,
            ToLongFunction<PickContext> hash,
            @Nullable Rejection ownerAway,
            @Nullable Rejection ownerFull) {
        this.endpoints = endpoints;
        this.available = available;
        this.slots = slots;
        this.hash = hash;
        this.ownerAway = ownerAway;
        this.ownerFull = ownerFull;
    }

    /** Makes the owners of all slots from the endpoints. */
    @FunctionalInterface
    interface Filling {
        /** The index of each slot's owner. */
        int[] owners(List<EndpointView> endpoints);
    }

    /**
     * Over these, the unavailable included.
     *
     * @param hash the hash of a request, whose lowest bits are its slot
     * @param policy the name of the policy, whose setting {@code strict} is that
     */
    static IpvsPicker of(
            PickerFactory.Input input,
            Filling filling,
            ToLongFunction<PickContext> hash,
            String policy,
            boolean strict) {
        List<EndpointView> all = all(input);
        Set<EndpointView> out = Collections.newSetFromMap(new IdentityHashMap<>());
        out.addAll(input.unavailable());
        boolean[] available = new boolean[all.size()];
        for (int i = 0; i < available.length; i++) {
            available[i] = !out.contains(all.get(i));
        }
        return new IpvsPicker(
                all.toArray(EndpointView[]::new),
                available,
                new Slots(filling.owners(all)),
                hash,
                strict ? ownerAway(policy) : null,
                strict ? ownerFull(policy) : null);
    }

    private static Rejection ownerAway(String policy) {
        return new Rejection(
                Reason.ALL_EJECTED,
                "policy " + policy
                        + ": the endpoint that this key belongs to cannot be had (its health keeps it out, or it"
                        + " has failed this request), and " + policy
                        + ".strict allows no other; see why it is out, or set "
                        + policy + ".strict to false");
    }

    private static Rejection ownerFull(String policy) {
        return new Rejection(
                Reason.LIMITED,
                "policy " + policy + ": the endpoint that this key belongs to has as many requests in flight as it may"
                        + " have (its health lets a few in on trial, or it is at limit.endpoint-in-flight), and "
                        + policy + ".strict allows no other; see whether it is on trial, raise"
                        + " limit.endpoint-in-flight, or set " + policy + ".strict to false");
    }

    /** Canonical order, which both parts are in. */
    private static List<EndpointView> all(PickerFactory.Input input) {
        if (input.unavailable().isEmpty()) {
            return input.endpoints();
        }
        record Keyed(String key, String id, EndpointView view) {}
        List<Keyed> all = new ArrayList<>();
        for (List<EndpointView> part : List.of(input.endpoints(), input.unavailable())) {
            part.forEach(view ->
                    all.add(new Keyed(view.endpoint().hashKey(), view.endpoint().id(), view)));
        }
        all.sort(Comparator.comparing(Keyed::key).thenComparing(Keyed::id));
        return all.stream().map(Keyed::view).toList();
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        long hashed = hash.applyAsLong(context);
        int owner = slots.inSlot(IpvsTables.slot(hashed));
        if (ownerAway != null && ownerFull != null) {
            return toOwner(owner, context, exclusion, ownerAway, ownerFull);
        }
        return mayHave(owner, context, exclusion) ? endpoints[owner] : other(hashed, owner, context, exclusion);
    }

    private Choice toOwner(int owner, PickContext context, Exclusion exclusion, Rejection away, Rejection full) {
        EndpointView endpoint = endpoints[owner];
        if (!available[owner] || (context.hasTried(endpoint.endpoint()) && isAnyUntried(context))) {
            return away;
        }
        return exclusion.withoutTried().holds(context, endpoint) ? full : endpoint;
    }

    private boolean isAnyUntried(PickContext context) {
        for (int i = 0; i < endpoints.length; i++) {
            if (available[i] && !context.hasTried(endpoints[i].endpoint())) {
                return true;
            }
        }
        return false;
    }

    private EndpointView other(long hashed, int owner, PickContext context, Exclusion exclusion) {
        int slot = 0;
        for (int attempt = 1; attempt <= REHASHES; attempt++) {
            slot = IpvsTables.slot(SplitMix64.mix(hashed + attempt * Stripes.GOLDEN_GAMMA));
            int next = slots.inSlot(slot);
            if (mayHave(next, context, exclusion)) {
                return endpoints[next];
            }
        }
        for (int i = 1; i < IpvsTables.SLOTS; i++) {
            int next = slots.inSlot((slot + i) % IpvsTables.SLOTS);
            if (mayHave(next, context, exclusion)) {
                return endpoints[next];
            }
        }
        return withoutSlot(owner, context, exclusion);
    }

    private boolean mayHave(int index, PickContext context, Exclusion exclusion) {
        return available[index] && (exclusion == Exclusion.NONE || !exclusion.holds(context, endpoints[index]));
    }

    /** All that have slots were tried, or must not be chosen: one that has none, or, the exclusion being ignored (C12), the owner once more. */
    private EndpointView withoutSlot(int owner, PickContext context, Exclusion exclusion) {
        int first = available[owner] ? owner : -1;
        for (int i = 0; i < endpoints.length; i++) {
            if (mayHave(i, context, exclusion)) {
                return endpoints[i];
            }
            if (first < 0 && available[i]) {
                first = i;
            }
        }
        return endpoints[first];
    }
}
