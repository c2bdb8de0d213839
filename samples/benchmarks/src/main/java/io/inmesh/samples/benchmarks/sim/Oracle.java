package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.pick.Draw;
import java.util.List;

/** Chooses the server with the least requests, of all clients, for its speed of the moment; of equals any. */
record Oracle(Cluster cluster) implements PickerFactory {

    @Override
    public String name() {
        return "oracle";
    }

    @Override
    public Picker newPicker(Input input) {
        List<EndpointView> endpoints = input.endpoints();
        List<Server> servers = cluster.servers();
        return context -> {
            int n = servers.size();
            int offset = Draw.index(input.random().nextLong(), n);
            int best = offset;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                int index = offset + i < n ? offset + i : offset + i - n;
                Server server = servers.get(index);
                double load = server.inFlight() / server.currentSpeed();
                if (load < least) {
                    best = index;
                    least = load;
                }
            }
            return endpoints.get(best);
        };
    }
}
