package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import java.util.random.RandomGenerator;

/** Gives every request to the owner of its key; a repeat to the next owner that it has not tried, and to its owner again once it has tried all. */
final class HashedPicker implements Excluding {
    private final EndpointView[] endpoints;
    private final Owners owners;
    private final RandomGenerator random;

    HashedPicker(EndpointView[] endpoints, Owners owners, RandomGenerator random) {
        this.endpoints = endpoints;
        this.owners = owners;
        this.random = random;
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        long hash = Keys.of(context, random);
        int owner = owners.owner(hash);
        if (exclusion == Exclusion.NONE || !exclusion.holds(context, endpoints[owner])) {
            return endpoints[owner];
        }
        for (EndpointView endpoint : endpoints) {
            if (!exclusion.holds(context, endpoint)) {
                int next = owners.next(hash, endpoints, context, exclusion);
                return next < 0 ? endpoint : endpoints[next]; // The table may have no place for those that are left.
            }
        }
        return endpoints[owner];
    }
}
