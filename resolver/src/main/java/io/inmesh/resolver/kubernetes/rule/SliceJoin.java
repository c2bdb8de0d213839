package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds the slices of one service up to the endpoints of a port (group A). Pure functions of the slices, in whatever order. All of a large
 * service is added up again whenever one endpoint changes, so what says the same address is found by sorting, on a number that holds
 * an address whole or nearly so, and not by hashing.
 */
public final class SliceJoin {
    /**
     * Which of two entries with the same address and number stays (the smaller): one that is not terminating (rule A-7), else the
     * ready one, else the serving one, else that of the slice with the higher version, else of the lower name (rule A-8).
     */
    private static final Comparator<Entry> PREFERRED = Comparator.comparing(
                    (Entry entry) -> entry.joined().endpoint().terminating())
            .thenComparing(entry -> !entry.joined().endpoint().ready())
            .thenComparing(entry -> !entry.joined().endpoint().serving())
            .thenComparing((one, other) ->
                    ResourceVersions.order(other.from().version(), one.from().version()))
            .thenComparing(entry -> entry.from().id().name());

    private static final Comparator<Entry> TIED = Comparator.comparing(Entry::address, AddressOrder::compare)
            .thenComparingInt(entry -> entry.joined().port())
            .thenComparing(PREFERRED);

    /** By address and number, then by preference. */
    private static final Comparator<Entry> ORDER = (one, other) -> {
        int byKey =
                Long.compare(one.key(), other.key()); // Decides nearly always, so it has no chain of calls around it.
        return byKey != 0 ? byKey : TIED.compare(one, other);
    };

    private SliceJoin() {}

    private record Entry(long key, JoinedEndpoint joined, Slice from) {
        String address() {
            return joined.endpoint().address();
        }

        boolean isAt(Entry other) {
            return key == other.key
                    && joined.port() == other.joined.port()
                    && address().equals(other.address());
        }
    }

    /** The endpoints of one port in one family (rules P-1, P-3, F-3), each once, sorted by address ({@link AddressOrder}) and number. */
    public static List<JoinedEndpoint> endpoints(Collection<Slice> slices, AddressFamily family, PortName wanted) {
        List<Entry> entries = new ArrayList<>();
        for (Slice slice : slices) {
            if (slice.family() != family) {
                continue;
            }
            for (SlicePort port : slice.ports()) {
                if (port.name().equals(wanted.name()) && port.protocol() == wanted.protocol()) {
                    collect(slice, port.number(), port.appProtocol(), entries);
                }
            }
        }
        return firstOfEach(entries);
    }

    /** All addresses of a service in one family under a number that is none of its ports (rules P-13, H-4). */
    public static List<JoinedEndpoint> addresses(Collection<Slice> slices, AddressFamily family, int number) {
        List<Entry> entries = new ArrayList<>();
        for (Slice slice : slices) {
            if (slice.family() == family) {
                collect(slice, number, null, entries);
            }
        }
        return firstOfEach(entries);
    }

    private static void collect(Slice slice, int number, @Nullable String appProtocol, List<Entry> entries) {
        List<SliceEndpoint> endpoints = slice.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            SliceEndpoint endpoint = endpoints.get(i);
            long key = AddressOrder.key(endpoint.address());
            entries.add(new Entry(key, new JoinedEndpoint(endpoint, number, appProtocol), slice));
        }
    }

    private static List<JoinedEndpoint> firstOfEach(List<Entry> entries) {
        entries.sort(ORDER);
        List<JoinedEndpoint> firsts = new ArrayList<>(entries.size());
        Entry last = null;
        for (Entry entry : entries) {
            if (last == null || !entry.isAt(last)) {
                firsts.add(entry.joined());
                last = entry;
            }
        }
        return Collections.unmodifiableList(firsts);
    }
}
