package io.inmesh.balancer.grpc;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.LiveViews;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What people see of one channel. Its name resolver tells what is known of the service; its balancer, while there is one, what is made of that. A
 * channel that is idle, or that uses a policy of gRPC's own, is shown with what is known, and without connections.
 *
 * <p>Threads: told in the channel's synchronization context, read on any.
 */
final class ChannelView implements LiveViews.View {
    private final Engine engine;
    private final Target target;

    // Each written in the synchronization context, or before the channel has its resolver; read by people.
    private volatile Supplier<List<WatchAge>> ages = List::of;
    private volatile Known known;
    private volatile @Nullable Balanced balanced;

    /** What the resolver knows. */
    private record Known(
            LayeredConfig said,
            List<String> ignored,
            @Nullable EndpointSet set,
            @Nullable Rejection rejection) {}

    /** What the balancer makes of it. */
    private record Balanced(
            String policy,
            LayeredConfig told,
            List<EndpointView> endpoints,
            @Nullable Rejection rejection) {}

    /** Of a channel that has heard of nothing yet, with what is said until then. */
    ChannelView(Engine engine, Target target, LayeredConfig said) {
        this.engine = engine;
        this.target = target;
        Rejection notYet = new Rejection(
                Reason.NOT_SYNCED, target + ": nothing has been heard of it yet; check that its source can be reached");
        this.known = new Known(said, List.of(), null, notYet);
    }

    void watching(Supplier<List<WatchAge>> watch) {
        ages = watch;
    }

    /** There is a set, to be balanced as it is said. */
    void known(EndpointSet set, LayeredConfig said, List<String> ignored) {
        Unresolved nothing = set.nothingUsable();
        known = new Known(said, ignored, set, nothing == null ? null : Rejection.of(nothing));
    }

    /** There is none. */
    void unknown(Unresolved unresolved) {
        known = new Known(known.said, known.ignored, null, Rejection.of(unresolved));
    }

    /**
     * The channel's balancer does so now.
     *
     * @param policy in force
     * @param told by the service config
     * @param rejection what calls are told, or null if they are placed, or wait for a connection
     */
    void balanced(String policy, LayeredConfig told, List<EndpointView> endpoints, @Nullable Rejection rejection) {
        balanced = new Balanced(policy, told, endpoints, rejection);
    }

    /** The channel has no balancer. */
    void atRest() {
        balanced = null;
    }

    @Override
    public LoadBalancer.Snapshot snapshot() {
        Known now = known;
        Balanced balancing = balanced;
        LayeredConfig said = now.said;
        if (balancing == null) {
            return snapshot(
                    now,
                    said,
                    engine.policies().balancing(said.config()).name(),
                    now.set == null ? List.of() : atRest(now.set),
                    now.rejection);
        }
        // The service config carries what was said, without who said it; one that the application gave the channel by
        // itself says something else.
        LayeredConfig inForce = balancing.told.config().equals(said.config()) ? said : balancing.told;
        return snapshot(now, inForce, balancing.policy, balancing.endpoints, balancing.rejection);
    }

    private LoadBalancer.Snapshot snapshot(
            Known now,
            LayeredConfig inForce,
            String policy,
            List<EndpointView> endpoints,
            @Nullable Rejection rejection) {
        return new LoadBalancer.Snapshot(
                target,
                policy,
                inForce.policySource().label(),
                inForce.said(),
                now.ignored,
                now.set,
                endpoints,
                rejection,
                ages.get());
    }

    private List<EndpointView> atRest(EndpointSet set) {
        return set.endpoints().stream()
                .map(endpoint -> (EndpointView) new AtRest(
                        endpoint, engine.states().inFlight(set.facts().key(), endpoint.id())))
                .toList();
    }

    /** An endpoint to which the channel has no connection. */
    private record AtRest(Endpoint endpoint, int inFlight) implements EndpointView {
        @Override
        public double latencyNanos() {
            return Double.NaN;
        }

        @Override
        public double weight() {
            return endpoint.weight();
        }

        @Override
        public Connection connection() {
            return Connection.NONE;
        }

        @Override
        public Lease begin() {
            throw new UnsupportedOperationException(
                    endpoint.address()
                            + ": a gRPC channel's view of an endpoint begins no request (expected: a call through the channel, or an endpoint that a balancer of Mesh.service chose)");
        }
    }
}
