package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Adds the slices of one service up to the endpoints of a port (group A). Pure functions of the slices, in whatever order. */
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
                    ResourceVersions.compare(other.from().version(), one.from().version()))
            .thenComparing(entry -> entry.from().id().name());

    private SliceJoin() {}

    private record Entry(JoinedEndpoint joined, Slice from) {}

    private record AddressAndPort(String address, int port) {}

    /** The endpoints of one port in one family (rules P-1, P-3, F-3), each once, sorted by address and number. */
    public static List<JoinedEndpoint> endpoints(Collection<Slice> slices, AddressFamily family, PortName wanted) {
        Predicate<SlicePort> matches =
                port -> port.name().equals(wanted.name()) && port.protocol() == wanted.protocol();
        Map<AddressAndPort, Entry> best = new HashMap<>();
        for (Slice slice : slices) {
            if (slice.family() != family) {
                continue;
            }
            for (SlicePort port : slice.ports()) {
                if (matches.test(port)) {
                    collect(slice, port.number(), port.appProtocol(), best);
                }
            }
        }
        return sorted(best.values());
    }

    /** All addresses of a service in one family under a number that is none of its ports (rules P-13, H-4). */
    public static List<JoinedEndpoint> addresses(Collection<Slice> slices, AddressFamily family, int number) {
        Map<AddressAndPort, Entry> best = new HashMap<>();
        for (Slice slice : slices) {
            if (slice.family() == family) {
                collect(slice, number, null, best);
            }
        }
        return sorted(best.values());
    }

    private static void collect(
            Slice slice, int number, @Nullable String appProtocol, Map<AddressAndPort, Entry> best) {
        for (SliceEndpoint endpoint : slice.endpoints()) {
            Entry entry = new Entry(new JoinedEndpoint(endpoint, number, appProtocol), slice);
            best.merge(
                    new AddressAndPort(endpoint.address(), number),
                    entry,
                    (held, next) -> PREFERRED.compare(next, held) < 0 ? next : held);
        }
    }

    private static List<JoinedEndpoint> sorted(Collection<Entry> entries) {
        return entries.stream()
                .map(Entry::joined)
                .sorted(Comparator.comparing(
                                (JoinedEndpoint joined) -> joined.endpoint().address())
                        .thenComparingInt(JoinedEndpoint::port))
                .toList();
    }
}
