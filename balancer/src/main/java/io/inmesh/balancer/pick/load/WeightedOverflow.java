package io.inmesh.balancer.pick.load;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Weighted overflow, {@code ovf} of IPVS (Linux {@code ip_vs_ovf.c}): the endpoint of the highest weight, until it has more requests in
 * flight than weight, then the next. An endpoint of weight w so takes w + 1 requests, as in the kernel. Where all are full, {@code wlc} over
 * all, or under {@code strict} {@link Reason#LIMITED}.
 *
 * <p>Cost: as many reads as there are full endpoints before the first that is not.
 */
public final class WeightedOverflow implements PickerFactory {
    private static final String STRICT = "strict";

    private final boolean strict;

    /** Not strict. */
    public WeightedOverflow() {
        this(false);
    }

    /** Strict or not. */
    public WeightedOverflow(boolean strict) {
        this.strict = strict;
    }

    @Override
    public String name() {
        return "ovf";
    }

    @Override
    public Set<String> settings() {
        return Set.of(STRICT);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new WeightedOverflow(new PolicySettings(name(), values).flag(STRICT, strict));
    }

    @Override
    public boolean mayReject() {
        return strict;
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = WeightedFailover.heaviestFirst(input);
        double[] weights = new double[endpoints.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = endpoints[i].weight();
        }
        return strict
                ? new Strict(endpoints, weights)
                : new Overflowing(endpoints, weights, new LeastConnection(LeastConnection.Kind.WLC).newPicker(input));
    }

    /** The heaviest that has no more requests than weight and may be had, or null. */
    private static @Nullable EndpointView below(
            EndpointView[] endpoints, double[] weights, PickContext context, Exclusion exclusion) {
        for (int i = 0; i < endpoints.length; i++) {
            EndpointView endpoint = endpoints[i];
            if (endpoint.inFlight() <= weights[i]
                    && (exclusion == Exclusion.NONE || !exclusion.holds(context, endpoint))) {
                return endpoint;
            }
        }
        return null;
    }

    /** Takes the least loaded where all are full. */
    private static final class Overflowing implements Excluding {
        private final EndpointView[] endpoints;
        private final double[] weights;
        private final Picker leastLoaded;

        Overflowing(EndpointView[] endpoints, double[] weights, Picker leastLoaded) {
            this.endpoints = endpoints;
            this.weights = weights;
            this.leastLoaded = leastLoaded;
        }

        @Override
        public Choice choose(PickContext context, Exclusion exclusion) {
            EndpointView below = below(endpoints, weights, context, exclusion);
            return below == null ? Excluding.choose(leastLoaded, context, exclusion) : below;
        }
    }

    /** Turns requests down where all are full, those that were tried included. */
    private static final class Strict implements Excluding {
        private final EndpointView[] endpoints;
        private final double[] weights;
        private final Rejection full;

        Strict(EndpointView[] endpoints, double[] weights) {
            this.endpoints = endpoints;
            this.weights = weights;
            this.full = new Rejection(
                    Reason.LIMITED,
                    "policy ovf: each of the " + endpoints.length
                            + " endpoints has more requests in flight than weight;"
                            + " add pods, raise their weights, or set ovf.strict to false");
        }

        @Override
        public Choice choose(PickContext context, Exclusion exclusion) {
            EndpointView below = below(endpoints, weights, context, exclusion);
            if (below == null && context.attempts() > 0) {
                below = below(endpoints, weights, context, exclusion.withoutTried());
            }
            return below == null ? full : below;
        }
    }

    @Override
    public String toString() {
        return name() + "[strict " + strict + "]";
    }
}
