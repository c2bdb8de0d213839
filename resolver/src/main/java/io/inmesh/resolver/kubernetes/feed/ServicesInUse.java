package io.inmesh.resolver.kubernetes.feed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The services that a {@link NamespaceWatch} keeps known, and which watch each of them has.
 *
 * <p>Threads: the lane.
 */
final class ServicesInUse<K, T, V> {
    private final Map<K, InUse<K, T, V>> services = new LinkedHashMap<>();

    /** One of them. Without either watch it waits for one. */
    static final class InUse<K, T, V> {
        final Shown<V> shown;

        @Nullable
        ServicesWatch<K, T, V> own; // Perhaps not yet listed.

        boolean joins; // Its own is only a list, with which it joins the wide one.

        @Nullable
        ServicesWatch<K, T, V> by; // The one it is shown from, which is its own or the wide one.

        InUse(Feed<V> feed) {
            this.shown = new Shown<>(feed);
        }

        boolean isWaiting() {
            return own == null && by == null;
        }

        /** Whether what hinders that watch hinders this service. One without any watch waits for whichever is on its way. */
        boolean dependsOn(ServicesWatch<K, T, V> watch) {
            return by == null ? own == null || own == watch : by == watch;
        }
    }

    void put(K service, InUse<K, T, V> inUse) {
        services.put(service, inUse);
    }

    @Nullable
    InUse<K, T, V> get(K service) {
        return services.get(service);
    }

    @Nullable
    InUse<K, T, V> remove(K service) {
        return services.remove(service);
    }

    boolean isEmpty() {
        return services.isEmpty();
    }

    int size() {
        return services.size();
    }

    void forEach(BiConsumer<K, InUse<K, T, V>> each) {
        services.forEach(each);
    }

    /** All of them. */
    List<K> names() {
        return List.copyOf(services.keySet());
    }

    /** Those without any watch. */
    List<K> waiting() {
        return names(InUse::isWaiting);
    }

    /** How many have a watch of their own. */
    int alone() {
        return names(each -> each.own != null && !each.joins).size();
    }

    /** Those whose list, with which they join the wide watch, is on its way. */
    List<K> joining() {
        return names(each -> each.joins);
    }

    /** Some are shown from that watch. */
    boolean anyBy(ServicesWatch<K, T, V> watch) {
        return services.values().stream().anyMatch(each -> each.by == watch);
    }

    private List<K> names(Predicate<InUse<K, T, V>> which) {
        return services.entrySet().stream()
                .filter(each -> which.test(each.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
