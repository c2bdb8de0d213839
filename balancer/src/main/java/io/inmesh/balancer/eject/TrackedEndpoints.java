package io.inmesh.balancer.eject;

import io.inmesh.api.Endpoint;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a service port that outlier detection follows, in canonical order. Sets of many endpoints change often and by little, so what
 * stayed the same is recognized by being the same object, in the same order as before.
 *
 * <p>Threads: one lane.
 */
final class TrackedEndpoints implements Iterable<Tracked> {
    private final Map<String, Tracked> byId = new HashMap<>();
    private Tracked[] inOrder = {};
    private int update; // Counts updates.

    @Nullable
    Tracked get(String id) {
        return byId.get(id);
    }

    int size() {
        return inOrder.length;
    }

    @Override
    public Iterator<Tracked> iterator() {
        return Arrays.asList(inOrder).iterator();
    }

    /** These are all that there are; of two with one id the later one holds. */
    void update(List<Endpoint> endpoints, Function<Endpoint, Tracked> newcomer) {
        Tracked[] before = inOrder;
        Tracked[] now = new Tracked[endpoints.size()];
        update++;
        int next = 0; // In before.
        int count = 0;
        for (Endpoint endpoint : endpoints) {
            Tracked tracked = next < before.length && isSame(before[next].endpoint(), endpoint)
                    ? before[next]
                    : byId.computeIfAbsent(endpoint.id(), id -> newcomer.apply(endpoint));
            next = tracked.place() >= 0 ? tracked.place() + 1 : next; // A newcomer has none.
            tracked.update(endpoint);
            if (tracked.moveTo(count, update)) {
                now[count++] = tracked;
            }
        }
        inOrder = count == now.length ? now : Arrays.copyOf(now, count);
        for (Tracked each : before) {
            if (!each.isOf(update)) {
                byId.remove(each.endpoint().id());
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // A look, where comparing would cost as much as finding it.
    private static boolean isSame(Endpoint before, Endpoint now) {
        return before == now;
    }
}
