package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.config.PolicySettings;
import java.util.Map;
import java.util.Set;

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
        Rejection full = new Rejection(
                Reason.LIMITED,
                "policy ovf: each of the " + endpoints.length + " endpoints has more requests in flight than weight;"
                        + " add pods, raise their weights, or set ovf.strict to false");
        Picker whenFull = strict ? context -> full : new LeastConnection(LeastConnection.Kind.WLC).newPicker(input);
        return context -> {
            boolean repeat = context.attempts() > 0;
            for (int i = 0; i < endpoints.length; i++) {
                EndpointView endpoint = endpoints[i];
                if (endpoint.inFlight() <= weights[i] && !(repeat && context.hasTried(endpoint.endpoint()))) {
                    return endpoint;
                }
            }
            return whenFull.choose(context);
        };
    }

    @Override
    public String toString() {
        return name() + "[strict " + strict + "]";
    }
}
