package io.inmesh.balancer.pick.load;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
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

    /** Takes the first, and for a repeat the first that has not been tried. */
    static final class InOrder implements Picker {
        private final EndpointView[] endpoints;

        InOrder(EndpointView[] endpoints) {
            this.endpoints = endpoints;
        }

        /** The endpoints in that order; not to be changed. */
        EndpointView[] endpoints() {
            return endpoints;
        }

        @Override
        public Choice choose(PickContext context) {
            if (context.attempts() > 0) {
                for (EndpointView endpoint : endpoints) {
                    if (!context.hasTried(endpoint.endpoint())) {
                        return endpoint;
                    }
                }
            }
            return endpoints[0];
        }
    }
}
