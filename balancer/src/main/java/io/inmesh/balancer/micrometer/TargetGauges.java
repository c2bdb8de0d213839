package io.inmesh.balancer.micrometer;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Usability;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of one target at any moment. Counted when it is read, so that news cost nothing.
 *
 * <p>Threads: news come one at a time; gauges are read on any thread.
 */
final class TargetGauges {
    private final Registrations home;
    private final Tags tags;
    private final Watchings watchings;
    private final MeshState mesh;

    /** What was heard last; null while nothing is known. Written with the news, read by gauges. */
    private volatile @Nullable EndpointSet set;

    /** How many endpoints the last picker chooses from. Written with the news, read by a gauge. */
    private volatile int candidates;

    private enum State {
        USABLE,
        DRAINING,
        UNUSABLE,
        EJECTED
    }

    /** Registers them. */
    TargetGauges(Registrations home, Tags tags, Watchings watchings, MeshState mesh) {
        this.home = home;
        this.tags = tags;
        this.watchings = watchings;
        this.mesh = mesh;
        for (State state : State.values()) {
            gauge(
                    "inmesh.endpoints",
                    "endpoints",
                    "Endpoints known, by what may be done with them",
                    tags.and("state", state.name().toLowerCase(Locale.ROOT)),
                    self -> self.count(state));
        }
        gauge(
                "inmesh.candidates",
                "endpoints",
                "Endpoints that requests are balanced over",
                tags,
                self -> self.candidates);
        gauge("inmesh.client.active", "requests", "Requests in flight", tags, self -> self.mesh.inFlight(self.key()));
        registerWatches();
    }

    private void registerWatches() {
        String text = "Watches that the target's endpoints are known by";
        gauge("inmesh.watches", "watches", text, tags.and("state", "connected"), self -> self.watchings.connected());
        gauge(
                "inmesh.watches",
                "watches",
                text,
                tags.and("state", "disconnected"),
                self -> self.watchings.disconnected());
        home.add(registry -> TimeGauge.builder(
                        "inmesh.watch.age", this, TimeUnit.SECONDS, self -> self.watchings.ageSeconds())
                .description("Time since the last proof that what is known of the target still holds")
                .tags(tags)
                .register(registry));
        home.add(registry -> FunctionCounter.builder(
                        "inmesh.watch.reconnects", this, self -> self.watchings.reconnects())
                .description("Watches that were opened again")
                .baseUnit("reconnects")
                .tags(tags)
                .register(registry));
    }

    private void gauge(String name, String unit, String text, Tags all, ToDoubleFunction<TargetGauges> value) {
        home.add(registry -> Gauge.builder(name, this, value)
                .description(text)
                .baseUnit(unit)
                .tags(all)
                .register(registry));
    }

    /** Another set, or null for none. */
    void setChanged(@Nullable EndpointSet newSet) {
        set = newSet;
        if (newSet == null) {
            candidates = 0;
        }
    }

    void published(int newCandidates) {
        candidates = newCandidates;
    }

    /** The service port whose endpoints these are; null while it is unknown. */
    @Nullable
    ServiceKey key() {
        EndpointSet known = set;
        return known == null ? null : known.facts().key();
    }

    /** Whether the endpoint is in the last set. */
    boolean has(Endpoint endpoint) {
        EndpointSet known = set;
        return known != null
                && known.endpoints().stream().anyMatch(each -> each.id().equals(endpoint.id()));
    }

    private double count(State state) {
        EndpointSet known = set;
        if (state == State.EJECTED && !mesh.isKnown()) {
            return Double.NaN;
        }
        if (known == null) {
            return 0;
        }
        Set<String> ejected = mesh.ejected(known.facts().key());
        return known.endpoints().stream()
                .filter(endpoint -> stateOf(endpoint, ejected) == state)
                .count();
    }

    private static State stateOf(Endpoint endpoint, Set<String> ejected) {
        Usability usability = endpoint.usability();
        if (usability.isUsable()) {
            return ejected.contains(endpoint.id()) ? State.EJECTED : State.USABLE;
        }
        return usability instanceof Usability.Draining ? State.DRAINING : State.UNUSABLE;
    }
}
