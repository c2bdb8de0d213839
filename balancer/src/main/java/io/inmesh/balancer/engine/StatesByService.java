package io.inmesh.balancer.engine;

import io.inmesh.api.ServiceKey;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Endpoint states of every service port in use, counted: all balancers and channels of a mesh that reach one port share them, the last
 * one's leaving drops them. What outlives the last user, for as long as the Service wants, is which endpoint this process stays with: a channel that
 * goes idle and wakes up again finds it. What has lapsed is dropped when a port gets its first or loses its last user.
 *
 * <p>Threads: any; each change is one atomic step on the map.
 */
public final class StatesByService {
    private record Counted(EndpointStates states, int users) {}

    private final NanoClock clock;
    private final ConcurrentMap<ServiceKey, Counted> byKey = new ConcurrentHashMap<>();

    StatesByService(NanoClock clock) {
        this.clock = clock;
    }

    /** One more user of that port's states; give them back with {@link #release}. */
    public EndpointStates retain(ServiceKey key) {
        Counted counted = byKey.merge(
                key, new Counted(new EndpointStates(), 1), (held, fresh) -> new Counted(held.states, held.users + 1));
        if (counted.users == 1) {
            forgetLapsed();
        }
        return counted.states;
    }

    /** One user less. */
    public void release(ServiceKey key) {
        Counted left =
                byKey.computeIfPresent(key, (same, held) -> keptOrGone(new Counted(held.states, held.users - 1)));
        if (left == null) {
            forgetLapsed();
        }
    }

    private void forgetLapsed() {
        byKey.keySet().forEach(key -> byKey.computeIfPresent(key, (same, held) -> keptOrGone(held)));
    }

    private @Nullable Counted keptOrGone(Counted counted) {
        return counted.users == 0 && !counted.states.affinity().isHeld(clock.nanoTime()) ? null : counted;
    }

    /** Those of every service port in use. */
    public List<EndpointStates> all() {
        return byKey.values().stream().map(Counted::states).toList();
    }

    /** How many service ports are in use. */
    public int size() {
        return (int)
                byKey.values().stream().filter(counted -> counted.users > 0).count();
    }

    /** How many service ports are known: in use, or remembered for the endpoint that this process stays with. */
    public int known() {
        return byKey.size();
    }

    /** Requests in flight on all endpoints of that port; 0 if it is not in use. */
    public int inFlight(ServiceKey key) {
        Counted held = byKey.get(key);
        return held == null ? 0 : held.states.inFlight();
    }

    /** Requests in flight on one endpoint of that port; 0 if it is unknown. */
    public int inFlight(ServiceKey key, String endpointId) {
        Counted held = byKey.get(key);
        return held == null ? 0 : held.states.inFlight(endpointId);
    }
}
