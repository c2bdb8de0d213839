package io.inmesh.balancer.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member of a door with connections, whose connection is as a test says. */
public final class Connecting extends Member {
    private static final EndpointStates STATES = new EndpointStates();

    private final boolean inPlay;
    private final Health health;
    private final long awaitedNanos;
    private final boolean reconnecting;
    private final boolean lingers;

    private Connecting(
            int number,
            @Nullable String zone,
            boolean inPlay,
            Health health,
            long awaitedNanos,
            boolean reconnecting,
            boolean lingers) {
        super(TestEndpoints.TARGET, at(number, zone), STATES, () -> 0, BalancerObserver.NONE);
        this.inPlay = inPlay;
        this.health = health;
        this.awaitedNanos = awaitedNanos;
        this.reconnecting = reconnecting;
        this.lingers = lingers;
    }

    private static Endpoint at(int number, @Nullable String zone) {
        return TestEndpoints.endpoint(number).withLocality(new Locality(null, zone));
    }

    /** One that can be reached. */
    public static Connecting ready(int number, @Nullable String zone) {
        return new Connecting(number, zone, true, Health.HEALTHY, 0, false, false);
    }

    /** One that cannot. */
    public static Connecting failed(int number, @Nullable String zone) {
        return new Connecting(number, zone, true, Health.UNREACHABLE, 0, false, false);
    }

    /** One of which nothing is known, and which is hoped for so long. */
    public static Connecting awaited(int number, @Nullable String zone, long nanos) {
        return new Connecting(number, zone, false, Health.HEALTHY, nanos, false, false);
    }

    /** One that was reached, and is hoped to be again within that time. */
    public static Connecting reconnecting(int number, @Nullable String zone, long nanos) {
        return new Connecting(number, zone, true, Health.HEALTHY, nanos, true, false);
    }

    /** One of an earlier part. */
    public static Connecting lingering(int number) {
        return new Connecting(number, null, true, Health.HEALTHY, 0, false, true);
    }

    @Override
    public boolean isInPlay() {
        return inPlay;
    }

    @Override
    public Health health() {
        return health;
    }

    @Override
    public long awaitedNanos() {
        return awaitedNanos;
    }

    @Override
    public boolean isReconnecting() {
        return reconnecting;
    }

    @Override
    public boolean lingers() {
        return lingers;
    }

    /** The members of a layout that may get requests. */
    public static List<Member> serving(Layout layout) {
        return layout.serving().stream().map(Layout.Candidate::member).toList();
    }
}
