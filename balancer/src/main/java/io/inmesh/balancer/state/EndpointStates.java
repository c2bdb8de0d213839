package io.inmesh.balancer.state;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The states of the endpoints of one service port, by endpoint id. Balancers and channels that reach the same port share it, so each sees
 * the load of all.
 *
 * <p>Threads: any; {@code retain} and {@code release} come from lanes, {@code forgetIfIdle} from whoever completes the last request of an endpoint
 * that has left. Each is one atomic step on the map, so an endpoint that returns meanwhile finds its old numbers or starts anew, never both.
 */
public final class EndpointStates {
    private final ConcurrentMap<String, EndpointState> byId = new ConcurrentHashMap<>();
    private final AffinityMemory affinity = new AffinityMemory();

    /** Written once, by the first lane whose stages do so; a lane that reads it knows what it wrote itself. */
    private volatile boolean weighed;

    /** The endpoint of this port that this process stays with, where its Service wants that. */
    AffinityMemory affinity() {
        return affinity;
    }

    /** Somewhere a stage has given a member another weight than its endpoint has. */
    void noteWeighed() {
        if (!weighed) {
            weighed = true;
        }
    }

    /** False as long as every member has the weight of its endpoint. */
    public boolean isAnyWeighed() {
        return weighed;
    }

    /** One more user of an endpoint's state, which is made if there is none. */
    EndpointState retain(String id) {
        return byId.compute(id, (key, held) -> {
            EndpointState state = held == null ? new EndpointState(key, this) : held;
            state.setUsers(state.users() + 1);
            return state;
        });
    }

    /** One user less; the last one's leaving forgets the state as soon as no request runs on it. */
    void release(String id) {
        byId.computeIfPresent(id, (key, state) -> {
            state.setUsers(state.users() - 1);
            return keptOrGone(state);
        });
    }

    void forgetIfIdle(String id) {
        byId.computeIfPresent(id, (key, state) -> keptOrGone(state));
    }

    private static @Nullable EndpointState keptOrGone(EndpointState state) {
        return state.users() == 0 && state.inFlight() == 0 ? null : state;
    }

    /** How many endpoints are known: in use, or with requests still running. */
    public int size() {
        return byId.size();
    }
}
