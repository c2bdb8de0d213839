package io.inmesh.balancer.testing;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import java.util.Set;

/** A user's policy, found by the service loader: always the first endpoint. Reads latency, so that requests are timed. */
public final class LowestAddress implements PickerFactory {

    @Override
    public String name() {
        return "lowest-address";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("lowest");
    }

    @Override
    public boolean readsLatency() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView first = input.endpoints().get(0);
        return context -> first;
    }
}
