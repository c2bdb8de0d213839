package io.inmesh.balancer.engine;

import io.inmesh.api.PickerFactory;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the observer of each fallback, and the log of the first of each kind: away from the request that met it, which must not wait for a log.
 *
 * <p>Threads: any.
 */
final class ToldFallback implements PickerFactory.Fallback {
    private static final Logger log = LoggerFactory.getLogger(ToldFallback.class);

    /** A policy that puts numbers into its texts must not fill the heap. */
    private static final int MOST_KINDS = 16;

    private final Target target;
    private final BalancerObserver observer;
    private final Executor logging;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    ToldFallback(Target target, BalancerObserver observer, Executor logging) {
        this.target = target;
        this.observer = observer;
        this.logging = logging;
    }

    @Override
    public void fellBack(String why) {
        observer.fellBack(target, why);
        if (!told.contains(why) && told.size() < MOST_KINDS && told.add(why)) {
            logging.execute(() -> log.warn("{}: {}; this is said once and counted from now on", target, why));
        }
    }
}
