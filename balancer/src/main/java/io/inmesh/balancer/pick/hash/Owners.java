package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;

/** Who owns which hash: what all hash policies have in common. Immutable. */
interface Owners {

    /** The index of the endpoint that owns a hash. */
    int owner(long hash);

    /**
     * The endpoint that a repeat goes to when the owner has been tried: the next in an order of the key's own, so that the keys of one
     * endpoint spread over all others.
     *
     * @param endpoints the endpoints by index, at least one of which has not been tried
     */
    int untried(long hash, EndpointView[] endpoints, PickContext context);
}
