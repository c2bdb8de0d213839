package io.inmesh.balancer.engine;

import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.state.EndpointStates;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Endpoint states of every service port in use, counted: all balancers and channels of a mesh that reach one port share them, the last
 * one's leaving drops them.
 *
 * <p>Threads: any; each change is one atomic step on the map.
 */
public final class StatesByService {
    private record Counted(EndpointStates states, int users) {}

    private final ConcurrentMap<ServiceKey, Counted> byKey = new ConcurrentHashMap<>();

    /** One more user of that port's states; give them back with {@link #release}. */
    public EndpointStates retain(ServiceKey key) {
        return byKey.merge(
                        key,
                        new Counted(new EndpointStates(), 1),
                        (held, fresh) -> new Counted(held.states, held.users + 1))
                .states;
    }

    /** One user less. */
    public void release(ServiceKey key) {
        byKey.computeIfPresent(key, (same, held) -> held.users == 1 ? null : new Counted(held.states, held.users - 1));
    }

    /** How many service ports are in use. */
    public int size() {
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
