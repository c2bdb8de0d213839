package io.inmesh.balancer.pick.load;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.Draw;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import java.util.random.RandomGenerator;

/**
 * Looks at every endpoint and takes the one with the least load per weight. Loads are compared by products, so nothing is divided or
 * rounded.
 *
 * <p>Cost: a read of every endpoint's counters per pick, about a nanosecond each; fine for some dozens of endpoints.
 */
final class LeastLoaded implements Excluding {
    private final EndpointView[] endpoints;
    private final double[] weights;
    private final Load load;
    private final boolean idleWins;
    private final Ties ties;
    private final RandomGenerator random;

    /**
     * Over these.
     *
     * @param weights one for each endpoint, above 0
     * @param idleWins whether an endpoint without requests is taken at once, however heavy another
     */
    LeastLoaded(
            EndpointView[] endpoints,
            double[] weights,
            Load load,
            boolean idleWins,
            Ties ties,
            RandomGenerator random) {
        this.endpoints = endpoints;
        this.weights = weights;
        this.load = load;
        this.idleWins = idleWins;
        this.ties = ties;
        this.random = random;
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        int n = endpoints.length;
        int offset = ties == Ties.FIRST ? 0 : Draw.index(random.nextLong(), n);
        boolean all = exclusion == Exclusion.NONE;
        int best = -1;
        double least = 0;
        for (int i = 0; i < n; i++) {
            int index = offset + i < n ? offset + i : offset + i - n;
            EndpointView endpoint = endpoints[index];
            if (!all && exclusion.holds(context, endpoint)) {
                continue;
            }
            if (idleWins && endpoint.inFlight() == 0) {
                return endpoint;
            }
            double carried = load.of(endpoint, 0);
            if (best < 0 || carried * weights[best] < least * weights[index]) {
                best = index;
                least = carried;
            }
        }
        return best < 0 ? choose(context, Exclusion.NONE) : endpoints[best];
    }
}
