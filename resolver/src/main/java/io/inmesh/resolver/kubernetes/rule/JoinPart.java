package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.Arrays;
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
    private JoinEntry[] entries = {}; // One for each endpoint of the slice, in its order.

    JoinPart(SlicePort port) {
        this.port = port;
    }

    SlicePort port() {
        return port;
    }

    Slice slice() {
        return Objects.requireNonNull(slice, "slice");
    }

    int indexOf(JoinEntry entry) {
        return Arrays.asList(entries).indexOf(entry);
    }

    /**
     * The slice as it is now. Mostly one endpoint has changed, so what both begin and end with is passed over; where readers share what is
     * equal ({@link io.inmesh.resolver.kubernetes.object.SliceReader}) that takes no look into the endpoints.
     *
     * @param came gets the entries that are new
     * @return whether others are gone
     */
    boolean show(Slice newer, List<JoinEntry> came) {
        List<SliceEndpoint> endpoints = newer.endpoints();
        boolean same = slice != null && slice.endpoints().equals(endpoints);
        slice = newer;
        if (same) {
            return false;
        }
        JoinEntry[] next = new JoinEntry[endpoints.size()];
        int shorter = Math.min(entries.length, next.length);
        int head = 0;
        while (head < shorter && entries[head].endpoint().equals(endpoints.get(head))) {
            next[head] = entries[head];
            head++;
        }
        int tail = 0;
        while (tail < shorter - head && endAt(tail).endpoint().equals(endpoints.get(next.length - 1 - tail))) {
            next[next.length - 1 - tail] = endAt(tail);
            tail++;
        }
        Map<SliceEndpoint, JoinEntry> others = new HashMap<>();
        boolean gone = false;
        for (int i = head; i < entries.length - tail; i++) {
            gone |= leave(others.put(entries[i].endpoint(), entries[i])); // Of two that say the same one goes.
        }
        for (int i = head; i < next.length - tail; i++) {
            JoinEntry held = others.remove(endpoints.get(i));
            next[i] = held == null ? new JoinEntry(endpoints.get(i), this) : held;
            if (held == null) {
                came.add(next[i]);
            }
        }
        others.values().forEach(JoinEntry::leave);
        entries = next;
        return gone || !others.isEmpty();
    }

    /** The slice is gone. True if it had endpoints. */
    boolean drop() {
        for (JoinEntry entry : entries) {
            entry.leave();
        }
        return entries.length > 0;
    }

    private JoinEntry endAt(int fromEnd) {
        return entries[entries.length - 1 - fromEnd];
    }

    private static boolean leave(@Nullable JoinEntry entry) {
        if (entry != null) {
            entry.leave();
        }
        return entry != null;
    }
}
