package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import java.util.random.RandomGenerator;

/** Gives every request to the owner of its key; a repeat to the next owner that it has not tried, and to its owner again once it has tried all. */
final class HashedPicker implements Picker {
    private final EndpointView[] endpoints;
    private final Owners owners;
    private final RandomGenerator random;

    HashedPicker(EndpointView[] endpoints, Owners owners, RandomGenerator random) {
        this.endpoints = endpoints;
        this.owners = owners;
        this.random = random;
    }

    @Override
    public Choice choose(PickContext context) {
        long hash = Keys.of(context, random);
        return endpoints[ownerFor(context, hash, owners, endpoints)];
    }

    /** The owner of a hash, or for a repeat the next one untried, or the owner again where all were tried. */
    static int ownerFor(PickContext context, long hash, Owners owners, EndpointView[] endpoints) {
        int owner = owners.owner(hash);
        if (context.attempts() == 0 || !context.hasTried(endpoints[owner].endpoint())) {
            return owner;
        }
        for (EndpointView endpoint : endpoints) {
            if (!context.hasTried(endpoint.endpoint())) {
                return owners.untried(hash, endpoints, context);
            }
        }
        return owner;
    }

    /** The first that was not tried, where a table has no place for those that are left. At least one is. */
    static int firstUntried(EndpointView[] endpoints, PickContext context) {
        int first = 0;
        while (context.hasTried(endpoints[first].endpoint())) {
            first++;
        }
        return first;
    }
}
