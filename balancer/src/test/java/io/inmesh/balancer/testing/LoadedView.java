package io.inmesh.balancer.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;

/** An endpoint whose load and weight are what a test says. Nothing can be begun on it. */
public record LoadedView(Endpoint endpoint, int inFlight, double weight) implements EndpointView {

    @Override
    public double latencyNanos() {
        return Double.NaN;
    }

    @Override
    public Lease begin() {
        throw new UnsupportedOperationException("begin: a view of a told load takes none");
    }
}
