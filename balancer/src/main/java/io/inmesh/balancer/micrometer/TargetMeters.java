package io.inmesh.balancer.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one target, whatever its query says: made when the first resolver of the target begins, removed when the last has ended.
 *
 * @param home all of them but the endpoints'
 * @param endpoints null unless asked for
 */
record TargetMeters(
        Registrations home,
        Watchings watchings,
        TargetCounters counters,
        TargetGauges gauges,
        @Nullable EndpointMeters endpoints) {

    static TargetMeters register(MeterRegistry registry, String target, MeshState state, boolean eachEndpoint) {
        Tags tags = Tags.of("target", target);
        Registrations home = new Registrations(registry);
        Watchings watchings = new Watchings();
        TargetGauges gauges = new TargetGauges(home, tags, watchings, state);
        EndpointMeters endpoints =
                eachEndpoint ? new EndpointMeters(registry, tags, id -> state.inFlight(gauges.key(), id)) : null;
        return new TargetMeters(home, watchings, new TargetCounters(home, tags), gauges, endpoints);
    }

    void removeAll() {
        home.removeAll();
        if (endpoints != null) {
            endpoints.removeAll();
        }
    }
}
