package io.inmesh.resolver.kubernetes;

import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an answer can do without: the client's zone and the weights of pods. Only a target's first set waits for them, and not for longer
 * than {@link #PATIENCE}; what they said last is used until they say something else.
 *
 * <p>Threads: the lane, but for {@link #close}.
 */
final class Extras {
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private final CancelSlot patience = new CancelSlot();

    // All below are touched on the lane only.
    private final Map<Class<?>, Object> last = new HashMap<>(); // By kind of source: a target asks for one of each.
    private boolean waiting;
    private boolean over;

    /** Written by the scheduler, once; read on the lane. */
    private volatile boolean expired;

    /**
     * Whether they may be waited for now.
     *
     * @param again called, once and from any thread, when that is over
     */
    boolean mayWaitOnLane(Scheduler scheduler, Runnable again) {
        if (!waiting && !over) {
            waiting = true;
            patience.put(scheduler.schedule(
                    () -> {
                        expired = true;
                        again.run();
                    },
                    PATIENCE));
        }
        return !over && !expired;
    }

    /** A set was told, so from now on nothing waits for them. */
    void toldOnLane() {
        if (!over) {
            over = true;
            patience.close();
        }
    }

    /** What a source of that kind said last; null if none did. */
    @SuppressWarnings("unchecked") // Kept under a source of the same kind, which settles what it says.
    <T> @Nullable T beforeOnLane(Source<T> source) {
        return (T) last.get(source.getClass());
    }

    /**
     * Keeps what was said in one evaluation. Pods that none asks for any more are not kept; a node's zone is, since hints come and go.
     *
     * @param asked every source that was asked
     * @param values what each said that said anything
     */
    void rememberOnLane(Set<Source<?>> asked, Map<Source<?>, Object> values) {
        if (asked.stream().noneMatch(Source.PodsBy.class::isInstance)) {
            last.remove(Source.PodsBy.class);
        }
        values.forEach((source, value) -> {
            if (source instanceof Source.PodsBy || source instanceof Source.ZoneOf) {
                last.put(source.getClass(), value);
            }
        });
    }

    /** From any thread. */
    void close() {
        patience.close();
    }
}
