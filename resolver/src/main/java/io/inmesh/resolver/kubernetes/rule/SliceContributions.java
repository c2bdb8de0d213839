package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.object.Slice;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The slices of each service (rules ), whoever manages them (rule A-2); {@link SliceJoin} adds them up. */
public final class SliceContributions implements Contributions<ObjectName, Slice, List<Slice>> {
    private static final TreeMap<String, Slice> NONE = new TreeMap<>(); // Never written.

    private final Map<ObjectName, Slice> slices = new HashMap<>();

    /** The slices of each service, by slice name. Holds what {@link #slices} holds, but for those that belong to no service. */
    private final Map<ObjectName, TreeMap<String, Slice>> byService = new HashMap<>();

    @Override
    public Set<ObjectName> put(Slice slice) {
        Slice held = slices.get(slice.id());
        if (held != null && ResourceVersions.compare(slice.version(), held.version()) < 0) {
            return Set.of(); // Older than what is held (rule W-16).
        }
        ObjectName service = slice.service();
        if (held != null && (slice.family() == null || !Objects.equals(held.service(), service))) {
            forget(held); // Else it takes that one's place.
        }
        slices.put(slice.id(), slice);
        if (service != null && slice.family() != null) { // A-1, F-1: of no service, or of no family that counts.
            byService
                    .computeIfAbsent(service, name -> new TreeMap<>())
                    .put(slice.id().name(), slice);
        }
        return changed(held, slice);
    }

    @Override
    public Set<ObjectName> remove(ObjectName slice, String version) {
        Slice held = slices.get(slice);
        if (held == null || ResourceVersions.compare(version, held.version()) < 0) {
            return Set.of();
        }
        slices.remove(slice);
        forget(held);
        return changed(held, null);
    }

    @Override
    public Set<ObjectName> replaceAll(Collection<Slice> list, Set<ObjectName> kept) {
        Map<ObjectName, Slice> before = new HashMap<>(slices);
        slices.clear();
        byService.clear();
        Set<ObjectName> changed = new HashSet<>();
        list.forEach(this::put);
        for (Slice slice : list) {
            changed.addAll(changed(before.remove(slice.id()), slice));
        }
        for (ObjectName id : kept) {
            Slice known = before.remove(id);
            if (known != null) {
                put(known);
            }
        }
        before.values().forEach(gone -> changed.addAll(changed(gone, null)));
        return changed;
    }

    @Override
    public @Nullable Slice held(ObjectName slice) {
        return slices.get(slice);
    }

    @Override
    public Collection<Slice> all() {
        return slices.values();
    }

    @Override
    public ObjectName id(Slice slice) {
        return slice.id();
    }

    @Override
    public String version(Slice slice) {
        return slice.version();
    }

    @Override
    public boolean saysNothing(ObjectName service) {
        return byService.getOrDefault(service, NONE).values().stream()
                .allMatch(slice -> slice.endpoints().isEmpty());
    }

    @Override
    public void forget(ObjectName service) {
        byService.remove(service);
        slices.values().removeIf(slice -> service.equals(slice.service()));
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

    private Set<ObjectName> changed(@Nullable Slice before, @Nullable Slice after) {
        if (before != null && after != null && !decides(before, after) && before.contributesLike(after)) {
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

    /** A version alone may decide between two slices that name one address (rule A-8). */
    private boolean decides(Slice before, Slice after) {
        return !before.version().equals(after.version())
                && after.service() != null
                && byService.getOrDefault(after.service(), NONE).size() > 1;
    }

    @Override
    public List<Slice> of(ObjectName service) {
        TreeMap<String, Slice> its = byService.get(service);
        return its == null ? List.of() : List.copyOf(its.values());
    }
}
