package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Adds the slices of one service up to the endpoints of a port (group A). The result is a function of the slices, in whatever order they
 * are given.
 *
 * <p>A join may be used again, and then remembers: all of a large service is added up again whenever one endpoint changes, so what the
 * slices say as before stays where it stood, and only what came is sorted and merged in. What was asked before changes no result.
 *
 * <p>Threads: one at a time.
 */
public final class SliceJoin {
    private Map<PartKey, JoinPart> parts = new HashMap<>();
    private List<JoinEntry> entries = List.of(); // Of all parts, by address and number.

    private record PartKey(ObjectName slice, SlicePort port) {}

    /** The endpoints of one port in one family (rules P-1, P-3, F-3), each once, sorted by address ({@link AddressOrder}) and number. */
    public static List<JoinedEndpoint> endpoints(Collection<Slice> slices, AddressFamily family, PortName wanted) {
        return new SliceJoin().endpointsNow(slices, family, wanted);
    }

    /** All addresses of a service in one family under a number that is none of its ports (rules P-13, H-4). */
    public static List<JoinedEndpoint> addresses(Collection<Slice> slices, AddressFamily family, int number) {
        return new SliceJoin().addressesNow(slices, family, number);
    }

    /** What {@link #endpoints} gives. */
    List<JoinedEndpoint> endpointsNow(Collection<Slice> slices, AddressFamily family, PortName wanted) {
        return join(slices, family, slice -> {
            List<SlicePort> ports = new ArrayList<>(1);
            for (SlicePort port : slice.ports()) {
                if (port.name().equals(wanted.name()) && port.protocol() == wanted.protocol()) {
                    ports.add(port);
                }
            }
            return ports;
        });
    }

    /** What {@link #addresses} gives. */
    List<JoinedEndpoint> addressesNow(Collection<Slice> slices, AddressFamily family, int number) {
        List<SlicePort> one = List.of(new SlicePort("", Protocol.TCP, number, null));
        return join(slices, family, slice -> one);
    }

    private List<JoinedEndpoint> join(
            Collection<Slice> slices, AddressFamily family, Function<Slice, List<SlicePort>> portsOf) {
        Map<PartKey, JoinPart> before = new HashMap<>(parts);
        Map<PartKey, JoinPart> now = new HashMap<>();
        List<JoinEntry> came = new ArrayList<>();
        boolean gone = false;
        for (Slice slice : slices) {
            if (slice.family() != family) {
                continue;
            }
            for (SlicePort port : portsOf.apply(slice)) {
                PartKey key = new PartKey(slice.id(), port);
                if (!now.containsKey(key)) { // Listed twice it says nothing new.
                    JoinPart held = before.remove(key);
                    JoinPart part = held == null ? new JoinPart(port) : held;
                    gone |= part.show(slice, came);
                    now.put(key, part);
                }
            }
        }
        for (JoinPart left : before.values()) {
            gone |= left.drop();
        }
        parts = now;
        if (gone || !came.isEmpty()) {
            came.sort(JoinEntry.BY_ADDRESS);
            entries = merged(entries, came);
        }
        return firstOfEach(entries);
    }

    /** Both in order; without what is gone. */
    private static List<JoinEntry> merged(List<JoinEntry> held, List<JoinEntry> came) {
        List<JoinEntry> merged = new ArrayList<>(held.size() + came.size());
        int next = 0;
        for (JoinEntry entry : held) {
            if (entry.isGone()) {
                continue;
            }
            while (next < came.size() && JoinEntry.BY_ADDRESS.compare(came.get(next), entry) < 0) {
                merged.add(came.get(next++));
            }
            merged.add(entry);
        }
        merged.addAll(came.subList(next, came.size()));
        return merged;
    }

    /** One for each address and number: the preferred one of those that name it. */
    private static List<JoinedEndpoint> firstOfEach(List<JoinEntry> entries) {
        List<JoinedEndpoint> firsts = new ArrayList<>(entries.size());
        JoinEntry first = null;
        for (JoinEntry entry : entries) {
            if (first == null) {
                first = entry;
            } else if (!entry.isAt(first)) {
                firsts.add(first.joined());
                first = entry;
            } else if (JoinEntry.PREFERRED.compare(entry, first) < 0) {
                first = entry;
            }
        }
        if (first != null) {
            firsts.add(first.joined());
        }
        return Collections.unmodifiableList(firsts);
    }
}
