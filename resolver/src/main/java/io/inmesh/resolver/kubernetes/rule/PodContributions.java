package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pods of each label selector, by name; one pod may be of several (group I). */
public final class PodContributions implements Contributions<String, PodObject, List<PodObject>> {
    private final Map<String, PodObject> pods = new HashMap<>(); // By name; only those that some selector selects.

    /** The same pods, by selector and name. */
    private final Map<String, TreeMap<String, PodObject>> bySelector = new HashMap<>();

    @Override
    public Set<String> put(PodObject pod) {
        PodObject held = pods.get(pod.id().name());
        return isOlder(pod.version(), held) ? Set.of() : replace(pod.id().name(), held, pod);
    }

    @Override
    public Set<String> remove(ObjectName pod, String version) {
        PodObject held = pods.get(pod.name());
        return isOlder(version, held) ? Set.of() : replace(pod.name(), held, null);
    }

    @Override
    public Set<String> replaceAll(Collection<PodObject> list, Set<ObjectName> kept) {
        Map<String, PodObject> before = new HashMap<>(pods);
        pods.clear();
        bySelector.clear();
        Set<String> changed = new HashSet<>();
        for (PodObject pod : list) {
            replace(pod.id().name(), null, pod);
            changed.addAll(changed(before.remove(pod.id().name()), pod));
        }
        for (ObjectName id : kept) {
            PodObject known = before.remove(id.name());
            if (known != null) {
                replace(id.name(), null, known);
            }
        }
        before.values().forEach(gone -> changed.addAll(gone.selectedBy()));
        return changed;
    }

    @Override
    public @Nullable PodObject held(ObjectName pod) {
        return pods.get(pod.name());
    }

    @Override
    public Collection<PodObject> all() {
        return pods.values();
    }

    @Override
    public ObjectName id(PodObject pod) {
        return pod.id();
    }

    @Override
    public String version(PodObject pod) {
        return pod.version();
    }

    @Override
    public boolean saysNothing(String selector) {
        return !bySelector.containsKey(selector);
    }

    @Override
    public void forget(String selector) {
        Map<String, PodObject> its = bySelector.remove(selector);
        if (its != null) {
            its.forEach((name, pod) -> {
                if (pod.selectedBy().stream().noneMatch(bySelector::containsKey)) {
                    pods.remove(name);
                }
            });
        }
    }

    @Override
    public List<PodObject> of(String selector) {
        TreeMap<String, PodObject> its = bySelector.get(selector);
        return its == null ? List.of() : List.copyOf(its.values());
    }

    private Set<String> replace(String name, @Nullable PodObject held, @Nullable PodObject pod) {
        if (held != null) {
            pods.remove(name);
            for (String selector : held.selectedBy()) {
                bySelector.computeIfPresent(selector, (key, its) -> {
                    its.remove(name);
                    return its.isEmpty() ? null : its;
                });
            }
        }
        if (pod != null && !pod.selectedBy().isEmpty()) {
            pods.put(name, pod);
            for (String selector : pod.selectedBy()) {
                bySelector.computeIfAbsent(selector, key -> new TreeMap<>()).put(name, pod);
            }
        }
        return changed(held, pod);
    }

    /** A version alone is no change (rule A-13). */
    private static Set<String> changed(@Nullable PodObject before, @Nullable PodObject after) {
        if (before != null && after != null && before.withoutVersion().equals(after.withoutVersion())) {
            return Set.of();
        }
        Set<String> selectors = new HashSet<>();
        for (PodObject pod : new PodObject[] {before, after}) {
            if (pod != null) {
                selectors.addAll(pod.selectedBy());
            }
        }
        return selectors;
    }

    private static boolean isOlder(String version, @Nullable PodObject held) { // W-16
        return held != null && ResourceVersions.compare(version, held.version()) < 0;
    }
}
