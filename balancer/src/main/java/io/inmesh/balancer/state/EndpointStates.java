package io.inmesh.balancer.state;

import io.inmesh.api.time.Scheduler;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The states of the endpoints of one service port, by endpoint id. Balancers and channels that reach the same port share it, so each sees
 * the load of all.
 *
 * <p>Threads: any; {@code retain} and {@code release} come from lanes, {@code idle} from whoever completes the last request of an endpoint
 * that has left. Each is one atomic step on the map, so an endpoint that returns meanwhile finds its old numbers or starts anew, never both.
 */
public final class EndpointStates {
    private final ConcurrentMap<String, EndpointState> byId = new ConcurrentHashMap<>();
    /** Few, and changed seldom; read when a request fails. */
    private final List<FailureWatch> watches = new CopyOnWriteArrayList<>();

    /** Requests in flight on all endpoints together, of those balancers that have a limit for them. */
    private final InFlight counted = new InFlight();

    /** Who waits for the last request to end. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Set when a mesh closes, and never back; read by requests that leave an endpoint idle. */
    private volatile boolean awaited;

    private final AffinityMemory affinity = new AffinityMemory();

    /** Written once, by the first lane whose stages do so; a lane that reads it knows what it wrote itself. */
    private volatile boolean weighed;

    /** The endpoint of this port that this process stays with, where its Service wants that. */
    public AffinityMemory affinity() {
        return affinity;
    }

    InFlight counted() {
        return counted;
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

    /** No request runs on that endpoint any more. */
    void idle(String id) {
        byId.computeIfPresent(id, (key, state) -> keptOrGone(state));
        tellIfIdle();
    }

    /** True if somebody waits for the last request to end. */
    boolean isAwaited() {
        return awaited;
    }

    /** How many requests run on endpoints of this port. */
    public int running() {
        return byId.values().stream().mapToInt(EndpointState::get).sum();
    }

    /** Runs that once, as soon as no request runs on any endpoint of this port: at once if none does, else on the thread that ends the last one. */
    public void whenIdle(Runnable idle) {
        waiting.add(idle);
        awaited = true;
        tellIfIdle(); // Whoever ended the last one before may not have seen that somebody waits.
    }

    private void tellIfIdle() {
        if (awaited && running() == 0) {
            // Of several who see it, one gets each.
            for (Runnable idle = waiting.poll(); idle != null; idle = waiting.poll()) {
                idle.run();
            }
        }
    }

    private static @Nullable EndpointState keptOrGone(EndpointState state) {
        return state.users() == 0 && state.get() == 0 ? null : state;
    }

    /** What has been counted on an endpoint; nothing if it is not known. */
    public Tally tally(String id) {
        EndpointState state = byId.get(id);
        return state == null ? Tally.NONE : state.tally();
    }

    /** An endpoint is tried anew: what its latency was before says nothing of it now. */
    public void forgetLatency(String id) {
        EndpointState state = byId.get(id);
        if (state != null) {
            state.forgetLatency();
        }
    }

    /** Tells that one of each failure from now on, until it is taken back. */
    public Scheduler.Cancellable watch(FailureWatch watch) {
        watches.add(watch);
        return () -> watches.remove(watch);
    }

    void failed(String id, FailureWatch.Rows rows) {
        for (FailureWatch watch : watches) {
            watch.failed(id, rows);
        }
    }

    /** How many endpoints are known: in use, or with requests still running. */
    public int size() {
        return byId.size();
    }

    /** Requests in flight on all of them. */
    public int inFlight() {
        int sum = 0;
        for (EndpointState state : byId.values()) {
            sum += state.get();
        }
        return sum;
    }

    /** Requests in flight on the endpoint of that id; 0 if it is unknown. */
    public int inFlight(String id) {
        EndpointState state = byId.get(id);
        return state == null ? 0 : state.get();
    }
}
