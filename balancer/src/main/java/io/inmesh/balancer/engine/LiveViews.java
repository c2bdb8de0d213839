package io.inmesh.balancer.engine;

import io.inmesh.api.LoadBalancer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What people see of doors that balance by themselves, such as gRPC channels: each has a view here from its beginning to its end.
 *
 * <p>Threads: any.
 */
public final class LiveViews {
    private final Set<View> open = ConcurrentHashMap.newKeySet();

    LiveViews() {}

    /** One door as it is whenever it is looked at. Known by identity. */
    @FunctionalInterface
    public interface View {
        /** On any thread. */
        LoadBalancer.Snapshot snapshot();
    }

    /** The door is in use from now on; {@link #remove} ends that. */
    public void add(View view) {
        open.add(view);
    }

    /** It is no more. Nothing happens if it was not. */
    public void remove(View view) {
        open.remove(view);
    }

    /** All of them now, in no order. */
    public List<LoadBalancer.Snapshot> snapshots() {
        return open.stream().map(View::snapshot).toList();
    }
}
