package io.inmesh.balancer.pick;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import java.util.random.RandomGenerator;

/** A draw for every request, uniform or, where weights differ, in proportion to weight ({@link AliasTable}). */
public final class RandomChoice implements PickerFactory {

    @Override
    public String name() {
        return "random";
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        RandomGenerator random = input.random();
        if (Weights.areEqual(input.endpoints())) {
            return context -> endpoints[Draw.index(random.nextLong(), endpoints.length)];
        }
        AliasTable table = new AliasTable(input.endpoints());
        return context -> endpoints[table.draw(random.nextLong())];
    }
}
