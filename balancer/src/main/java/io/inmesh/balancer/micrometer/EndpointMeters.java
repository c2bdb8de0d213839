package io.inmesh.balancer.micrometer;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Outcome;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Meters of each endpoint of one target. They exist as long as the endpoint is in the set: what ends on one that has left is counted for
 * the target alone.
 *
 * <p>Threads: sets come one at a time, outcomes on any.
 */
final class EndpointMeters {
    private final MeterRegistry registry;
    private final Tags targetTags;
    private final ToDoubleFunction<String> inFlight;

    /** By endpoint id. Written with each set, read by requests. */
    private final Map<String, One> byId = new ConcurrentHashMap<>();

    private record One(Registrations home, AttemptMeters attempts) {}

    /**
     * Creates it.
     *
     * @param inFlight requests in flight by endpoint id
     */
    EndpointMeters(MeterRegistry registry, Tags targetTags, ToDoubleFunction<String> inFlight) {
        this.registry = registry;
        this.targetTags = targetTags;
        this.inFlight = inFlight;
    }

    void setChanged(EndpointSet set) {
        Set<String> ids = set.endpoints().stream().map(Endpoint::id).collect(Collectors.toSet());
        // Leavers first: a newcomer may have taken over the address, and with it the tags.
        byId.entrySet().removeIf(entry -> {
            boolean left = !ids.contains(entry.getKey());
            if (left) {
                entry.getValue().home.removeAll();
            }
            return left;
        });
        set.endpoints().forEach(endpoint -> byId.computeIfAbsent(endpoint.id(), id -> newOne(endpoint)));
    }

    void completed(Endpoint endpoint, Outcome outcome, long latencyNanos) {
        One one = byId.get(endpoint.id());
        if (one != null) {
            one.attempts.completed(outcome, latencyNanos);
        }
    }

    void removeAll() {
        byId.values().forEach(one -> one.home.removeAll());
        byId.clear();
    }

    private One newOne(Endpoint endpoint) {
        Registrations home = new Registrations(registry);
        Tags tags = targetTags.and(
                "endpoint", endpoint.address(),
                "pod", orNone(endpoint.pod()),
                "node", orNone(endpoint.locality().node()),
                "zone", orNone(endpoint.locality().zone()));
        String id = endpoint.id();
        home.add(to -> Gauge.builder("inmesh.endpoint.active", this, self -> self.inFlight.applyAsDouble(id))
                .description("Requests in flight on the endpoint")
                .baseUnit("requests")
                .tags(tags)
                .register(to));
        return new One(home, new AttemptMeters(home, "inmesh.endpoint", "the endpoint", tags));
    }

    private static String orNone(@Nullable String text) {
        return text == null ? "none" : text;
    }
}
