package io.inmesh.balancer.testing;

import io.inmesh.api.Target;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Writes down which watchings began and which of them ended, in order; what ends without having begun, or twice, stands out. */
public final class OpenWatchings implements BalancerObserver {
    // Both are guarded by this.
    private final List<Supplier<List<WatchAge>>> begun = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    @Override
    public synchronized void watching(Target target, Supplier<List<WatchAge>> ages) {
        begun.add(ages);
    }

    @Override
    public synchronized void unwatched(Target target, Supplier<List<WatchAge>> ages) {
        ended.add(target + " #" + (begun.lastIndexOf(ages) + 1));
    }

    /** How many began. */
    public synchronized int begun() {
        return begun.size();
    }

    /** Those that ended, as target and number: {@code k8s:///orders.shop:http #1} is the first that began. */
    public synchronized List<String> ended() {
        return List.copyOf(ended);
    }
}
