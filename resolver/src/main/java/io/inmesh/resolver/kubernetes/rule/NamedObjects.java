package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Objects that carry the name of the one service they speak of: Services themselves, and Endpoints. */
public final class NamedObjects<T> implements Contributions<ObjectName, T, Optional<T>> {
    private final Function<T, ObjectName> id;
    private final Function<T, String> version;
    private final Function<T, ?> content;
    private final Map<ObjectName, T> objects = new HashMap<>();

    /**
     * None yet.
     *
     * @param id the object's name
     * @param version its resource version (rule W-16)
     * @param content what has to be different for a change to be one (rule A-13)
     */
    public NamedObjects(Function<T, ObjectName> id, Function<T, String> version, Function<T, ?> content) {
        this.id = id;
        this.version = version;
        this.content = content;
    }

    @Override
    public Set<ObjectName> put(T object) {
        ObjectName name = id.apply(object);
        T held = objects.get(name);
        if (isOlder(version.apply(object), held)) {
            return Set.of();
        }
        objects.put(name, object);
        return same(object, held) ? Set.of() : Set.of(name);
    }

    @Override
    public Set<ObjectName> remove(ObjectName object, String at) {
        if (isOlder(at, objects.get(object))) {
            return Set.of();
        }
        return objects.remove(object) == null ? Set.of() : Set.of(object);
    }

    @Override
    public Set<ObjectName> replaceAll(Collection<T> list, Set<ObjectName> kept) {
        Map<ObjectName, T> before = new HashMap<>(objects);
        objects.clear();
        Set<ObjectName> changed = new HashSet<>();
        for (T object : list) {
            ObjectName name = id.apply(object);
            objects.put(name, object);
            if (!same(object, before.remove(name))) {
                changed.add(name);
            }
        }
        for (ObjectName name : kept) {
            T known = before.remove(name);
            if (known != null) {
                objects.put(name, known);
            }
        }
        changed.addAll(before.keySet());
        return changed;
    }

    @Override
    public @Nullable T held(ObjectName object) {
        return objects.get(object);
    }

    @Override
    public Collection<T> all() {
        return objects.values();
    }

    @Override
    public ObjectName id(T object) {
        return id.apply(object);
    }

    @Override
    public String version(T object) {
        return version.apply(object);
    }

    @Override
    public boolean saysNothing(ObjectName service) {
        return !objects.containsKey(service);
    }

    @Override
    public void forget(ObjectName service) {
        objects.remove(service);
    }

    @Override
    public Optional<T> of(ObjectName service) {
        return Optional.ofNullable(objects.get(service));
    }

    private boolean isOlder(String at, @Nullable T held) {
        return held != null && ResourceVersions.compare(at, version.apply(held)) < 0;
    }

    private boolean same(T object, @Nullable T held) {
        return held != null && Objects.equals(content.apply(object), content.apply(held));
    }
}
