package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Adds slices up to the endpoints of a port (group A). State is one contribution per slice (rule A-3): an event replaces or removes
 * that contribution, whatever it was before, so the result depends on the last state of each slice and not on the order of events.
 *
 * <p>Threads: one at a time; the watch of its service owns it, on its lane.
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
                    ResourceVersions.compare(other.from().version(), one.from().version()))
            .thenComparing(entry -> entry.from().id().name());

    private final Map<ObjectName, Slice> slices = new HashMap<>();

    /** The slices of each service, by slice name. Holds what {@link #slices} holds, but for those that belong to no service. */
    private final Map<ObjectName, TreeMap<String, Slice>> byService = new HashMap<>();

    private record Entry(JoinedEndpoint joined, Slice from) {}

    private record AddressAndPort(String address, int port) {}

    /**
     * A slice was added or modified.
     *
     * @return the services whose contributions changed; none if only versions or annotations did (rule A-13)
     */
    public Set<ObjectName> put(Slice slice) {
        Slice held = slices.get(slice.id());
        if (held != null && ResourceVersions.compare(slice.version(), held.version()) < 0) {
            return Set.of(); // Older than what is held (rule W-16).
        }
        forget(held);
        slices.put(slice.id(), slice);
        ObjectName service = slice.service();
        if (service != null && slice.family() != null) { // A-1, F-1: of no service, or of no family that counts.
            byService
                    .computeIfAbsent(service, name -> new TreeMap<>())
                    .put(slice.id().name(), slice);
        }
        return changed(held, slice);
    }

    /** A slice was deleted, whatever content the event shows (rules A-3, W-15). Of an unknown one nothing changes. */
    public Set<ObjectName> remove(Slice slice) {
        Slice held = slices.get(slice.id());
        if (held == null || ResourceVersions.compare(slice.version(), held.version()) < 0) {
            return Set.of();
        }
        slices.remove(slice.id());
        forget(held);
        return changed(held, null);
    }

    /** A complete list replaces everything at once: what it lacks is gone (rule W-5). */
    public Set<ObjectName> replaceAll(Collection<Slice> list) {
        Map<ObjectName, Slice> before = new HashMap<>(slices);
        slices.clear();
        byService.clear();
        Set<ObjectName> changed = new HashSet<>();
        for (Slice slice : list) {
            put(slice);
            changed.addAll(changed(before.remove(slice.id()), slice));
        }
        before.values().forEach(gone -> changed.addAll(changed(gone, null)));
        return changed;
    }

    private void forget(@Nullable Slice held) {
        if (held == null || held.service() == null) {
            return;
        }
        byService.computeIfPresent(held.service(), (service, its) -> {
            its.remove(held.id().name());
            return its.isEmpty() ? null : its;
        });
    }

    private static Set<ObjectName> changed(@Nullable Slice before, @Nullable Slice after) {
        if (before != null && after != null && before.contributesLike(after)) {
            return Set.of();
        }
        Set<ObjectName> services = new HashSet<>();
        for (Slice slice : new Slice[] {before, after}) {
            if (slice != null && slice.service() != null && slice.family() != null) {
                services.add(slice.service());
            }
        }
        return services;
    }

    /** The endpoints of one port in one family (rules P-1, P-3, F-3), each once, sorted by address and number. */
    List<JoinedEndpoint> endpoints(ObjectName service, AddressFamily family, PortName wanted) {
        Predicate<SlicePort> matches =
                port -> port.name().equals(wanted.name()) && port.protocol() == wanted.protocol();
        Map<AddressAndPort, Entry> best = new HashMap<>();
        for (Slice slice : slicesOf(service)) {
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
    List<JoinedEndpoint> addresses(ObjectName service, AddressFamily family, int number) {
        Map<AddressAndPort, Entry> best = new HashMap<>();
        for (Slice slice : slicesOf(service)) {
            if (slice.family() == family) {
                collect(slice, number, null, best);
            }
        }
        return sorted(best.values());
    }

    private Collection<Slice> slicesOf(ObjectName service) {
        TreeMap<String, Slice> its = byService.get(service);
        return its == null ? List.of() : its.values();
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
