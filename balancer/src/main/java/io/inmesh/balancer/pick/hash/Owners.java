package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.Exclusion;

/** Who owns which hash: what all hash policies have in common. Immutable. */
interface Owners {

    /** The index of the endpoint that owns a hash. */
    int owner(long hash);

    /**
     * The endpoint that a request goes to when the owner has been tried or is full: the next in an order of the key's own, so that the keys of one
     * endpoint spread over all others; -1 if none is found among those that own anything.
     *
     * @param endpoints the endpoints by index
     */
    int next(long hash, EndpointView[] endpoints, PickContext context, Exclusion exclusion);
}
