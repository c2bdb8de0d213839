package io.inmesh.balancer.pick;

import io.inmesh.api.EndpointView;
import java.util.List;

/** Questions about the weights of a set. */
final class Weights {
    private Weights() {}

    /** True if every endpoint has the same weight, so that the unweighted algorithm does. */
    static boolean areEqual(List<EndpointView> endpoints) {
        double first = endpoints.get(0).weight();
        return endpoints.stream().allMatch(endpoint -> endpoint.weight() == first);
    }
}
