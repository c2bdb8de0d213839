package io.inmesh.balancer.pick.load;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import java.util.Comparator;

/**
 * Weighted failover, {@code fo} of IPVS (Linux {@code ip_vs_fo.c}): every request goes to the endpoint of the highest weight, the first of
 * equals; the others stand by. A repeat goes to the next.
 *
 * <p>Cost: one read. When the endpoint leaves, the next one takes over; when it returns, it takes over again.
 */
public final class WeightedFailover implements PickerFactory {

    @Override
    public String name() {
        return "fo";
    }

    @Override
    public Picker newPicker(Input input) {
        return new InOrder(heaviestFirst(input));
    }

    /** In canonical order where weights are equal: sorting is stable. */
    static EndpointView[] heaviestFirst(Input input) {
        return input.endpoints().stream()
                .sorted(Comparator.comparingDouble(EndpointView::weight).reversed())
                .toArray(EndpointView[]::new);
    }

    /** Takes the first, and for a repeat, or where that is full, the first that may be had. */
    static final class InOrder implements Excluding {
        private final EndpointView[] endpoints;

        InOrder(EndpointView[] endpoints) {
            this.endpoints = endpoints;
        }

        /** The endpoints in that order; not to be changed. */
        EndpointView[] endpoints() {
            return endpoints;
        }

        @Override
        public Choice choose(PickContext context, Exclusion exclusion) {
            if (exclusion != Exclusion.NONE) {
                for (EndpointView endpoint : endpoints) {
                    if (!exclusion.holds(context, endpoint)) {
                        return endpoint;
                    }
                }
            }
            return endpoints[0];
        }
    }
}
