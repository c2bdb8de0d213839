package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one slice adds to a join under one of its ports.
 *
 * <p>Threads: those of its {@link SliceJoin}.
 */
final class JoinPart {
    private final SlicePort port;
    private @Nullable Slice slice; // As shown last; null before the first.
    private JoinedEndpoint[]
            joined = {}; // One for each endpoint of the slice, in its order; shared with no other part.

    JoinPart(SlicePort port) {
        this.port = port;
    }

    SlicePort port() {
        return port;
    }

    Slice slice() {
        return Objects.requireNonNull(slice, "slice");
    }

    @SuppressWarnings("ReferenceEquality") // An equal one may stand before it.
    int indexOf(JoinedEndpoint one) {
        int index = 0;
        while (joined[index] != one) {
            index++;
        }
        return index;
    }

    /**
     * The slice as it is now. Mostly one endpoint has changed, so what both begin and end with is passed over; where readers share what is
     * equal ({@link io.inmesh.resolver.kubernetes.object.SliceReader}) that takes no look into the endpoints.
     *
     * @param came gets what is new
     * @param left gets what is gone
     */
    void show(Slice newer, List<JoinEntry> came, List<JoinEntry> left) {
        List<SliceEndpoint> before = slice == null ? List.of() : slice.endpoints();
        List<SliceEndpoint> endpoints = newer.endpoints();
        slice = newer;
        if (before.equals(endpoints)) {
            return;
        }
        JoinedEndpoint[] next = new JoinedEndpoint[endpoints.size()];
        int shorter = Math.min(joined.length, next.length);
        int head = 0;
        while (head < shorter && isSame(before, head, endpoints, head)) {
            next[head] = joined[head];
            head++;
        }
        int tail = 0;
        while (tail < shorter - head && isSame(before, joined.length - 1 - tail, endpoints, next.length - 1 - tail)) {
            next[next.length - 1 - tail] = joined[joined.length - 1 - tail];
            tail++;
        }
        Map<SliceEndpoint, JoinedEndpoint> others = new HashMap<>();
        for (int i = head; i < joined.length - tail; i++) {
            JoinedEndpoint other = others.put(joined[i].endpoint(), joined[i]);
            if (other != null) { // Of two that say the same one goes.
                left.add(JoinEntry.of(other, this));
            }
        }
        for (int i = head; i < next.length - tail; i++) {
            JoinedEndpoint held = others.remove(endpoints.get(i));
            next[i] = held == null ? joined(endpoints.get(i)) : held;
            if (held == null) {
                came.add(JoinEntry.of(next[i], this));
            }
        }
        others.values().forEach(other -> left.add(JoinEntry.of(other, this)));
        joined = next;
    }

    /** The slice is gone. */
    void drop(List<JoinEntry> left) {
        for (JoinedEndpoint one : joined) {
            left.add(JoinEntry.of(one, this));
        }
    }

    private JoinedEndpoint joined(SliceEndpoint endpoint) {
        return new JoinedEndpoint(endpoint, port.number(), port.appProtocol());
    }

    /** Mostly the same object. Asked of lists of anything: a cast would look into each, and they are far apart. */
    private static boolean isSame(List<?> before, int at, List<?> endpoints, int index) {
        return Objects.equals(before.get(at), endpoints.get(index));
    }
}
