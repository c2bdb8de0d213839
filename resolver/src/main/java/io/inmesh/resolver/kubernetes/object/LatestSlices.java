package io.inmesh.resolver.kubernetes.object;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The slices that were read last, so that what a newer version says as before is the same object: a change of one endpoint sends the
 * other ninety-nine again, and whoever adds slices up then sees at a glance what did not change. Keeps no slice alive: one that nobody else
 * has is forgotten.
 *
 * <p>Threads: any.
 */
final class LatestSlices {
    /** Guarded by this. The keys are the ids that the slices themselves hold, so that both go together. */
    private final Map<ObjectName, WeakReference<Slice>> byId = new WeakHashMap<>();

    /** That slice, made of what the one read before it was made of as far as that is equal. */
    Slice sharing(Slice slice) {
        Slice before = get(slice.id());
        Slice shared = before == null ? slice : slice.sharing(before);
        synchronized (this) {
            byId.remove(shared.id()); // Or the key would stay the one of a slice that is gone.
            byId.put(shared.id(), new WeakReference<>(shared));
        }
        return shared;
    }

    private synchronized @Nullable Slice get(ObjectName id) {
        WeakReference<Slice> held = byId.get(id);
        return held == null ? null : held.get();
    }
}
