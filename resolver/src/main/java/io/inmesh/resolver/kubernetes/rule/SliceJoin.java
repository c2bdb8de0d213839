package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.ArrayList;
import java.util.Arrays;
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

    // What all parts say, by address and number. Columns, since mostly keys and the places of objects are looked at.
    private long[] keys = {}; // Of the addresses.
    private JoinedEndpoint[] joined = {};
    private JoinPart[] partOf = {};

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
        List<JoinEntry> left = new ArrayList<>();
        for (Slice slice : slices) {
            if (slice.family() != family) {
                continue;
            }
            for (SlicePort port : portsOf.apply(slice)) {
                PartKey key = new PartKey(slice.id(), port);
                if (!now.containsKey(key)) { // Listed twice it says nothing new.
                    JoinPart held = before.remove(key);
                    JoinPart part = held == null ? new JoinPart(port) : held;
                    part.show(slice, came, left);
                    now.put(key, part);
                }
            }
        }
        before.values().forEach(part -> part.drop(left));
        parts = now;
        if (!left.isEmpty() || !came.isEmpty()) {
            came.sort(JoinEntry.BY_ADDRESS);
            left.sort(JoinEntry.BY_ADDRESS);
            merge(came, left);
        }
        return firstOfEach();
    }

    /** All in order. */
    private void merge(List<JoinEntry> came, List<JoinEntry> left) {
        int count = keys.length + came.size() - left.size();
        long[] newKeys = new long[count];
        JoinedEndpoint[] newJoined = new JoinedEndpoint[count];
        JoinPart[] newPartOf = new JoinPart[count];
        Passing leaving = new Passing(left);
        int next = 0;
        int to = 0;
        for (int i = 0; i < keys.length; i++) {
            if (leaving.has(keys[i], joined[i])) {
                continue;
            }
            while (next < came.size() && isBefore(came.get(next), keys[i], joined[i])) {
                JoinEntry entry = came.get(next++);
                newKeys[to] = entry.key();
                newJoined[to] = entry.joined();
                newPartOf[to++] = entry.part();
            }
            newKeys[to] = keys[i];
            newJoined[to] = joined[i];
            newPartOf[to++] = partOf[i];
        }
        for (JoinEntry entry : came.subList(next, came.size())) {
            newKeys[to] = entry.key();
            newJoined[to] = entry.joined();
            newPartOf[to++] = entry.part();
        }
        keys = newKeys;
        joined = newJoined;
        partOf = newPartOf;
    }

    private static boolean isBefore(JoinEntry entry, long key, JoinedEndpoint joined) {
        return JoinEntry.compare(entry.key(), entry.joined(), key, joined) < 0;
    }

    /** Entries in order, looked for in order. */
    private static final class Passing {
        private final List<JoinEntry> entries;
        private int at;

        private Passing(List<JoinEntry> entries) {
            this.entries = entries;
        }

        @SuppressWarnings("ReferenceEquality") // An equal one may be another part's.
        private boolean has(long key, JoinedEndpoint joined) {
            while (at < entries.size() && isBefore(entries.get(at), key, joined)) {
                at++;
            }
            for (int i = at; i < entries.size() && isAt(entries.get(i), key, joined); i++) {
                if (entries.get(i).joined() == joined) {
                    return true;
                }
            }
            return false;
        }
    }

    private static boolean isAt(JoinEntry entry, long key, JoinedEndpoint joined) {
        return JoinEntry.compare(entry.key(), entry.joined(), key, joined) == 0;
    }

    /** One for each address and number: the preferred one of those that name it. */
    private List<JoinedEndpoint> firstOfEach() {
        JoinedEndpoint[] firsts = joined;
        if (isAnyPlaceShared()) {
            firsts = new JoinedEndpoint[joined.length];
            int count = 0;
            int end;
            for (int i = 0; i < joined.length; i = end) {
                end = i + 1;
                while (end < joined.length && isSamePlace(i, end)) {
                    end++;
                }
                firsts[count++] = end == i + 1 ? joined[i] : preferred(i, end);
            }
            firsts = Arrays.copyOf(firsts, count);
        }
        return Collections.unmodifiableList(Arrays.asList(firsts)); // No such array is ever written again.
    }

    private boolean isAnyPlaceShared() {
        for (int i = 1; i < joined.length; i++) {
            if (isSamePlace(i - 1, i)) {
                return true;
            }
        }
        return false;
    }

    private boolean isSamePlace(int one, int other) {
        return keys[one] == keys[other] && JoinEntry.compare(keys[one], joined[one], keys[other], joined[other]) == 0;
    }

    private JoinedEndpoint preferred(int from, int end) {
        JoinEntry preferred = entry(from);
        for (int i = from + 1; i < end; i++) {
            JoinEntry entry = entry(i);
            if (JoinEntry.PREFERRED.compare(entry, preferred) < 0) {
                preferred = entry;
            }
        }
        return preferred.joined();
    }

    private JoinEntry entry(int index) {
        return new JoinEntry(keys[index], joined[index], partOf[index]);
    }
}
