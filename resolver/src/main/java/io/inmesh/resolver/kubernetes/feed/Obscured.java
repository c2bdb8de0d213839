package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.rule.Contributions;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ApiTroubles;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one watch that exist but cannot be read, and of which it knows no earlier state. Each costs itself alone, as long as the rest
 * says something of its service. Where nothing is left, that there is nothing must not be concluded: what cannot be read is not absent.
 *
 * <p>Threads: the lane.
 */
final class Obscured<K, T> {
    private final String plural;
    private final Function<Unread<T>, @Nullable Set<K>> speaksFor;
    private final Contributions<K, T, ?> objects;
    private final Map<ObjectName, Unread<T>> unread = new HashMap<>();

    /**
     * None yet.
     *
     * @param plural what objects of that kind are called
     * @param speaksFor the services that one speaks for; null if that cannot be told, so that it may be any
     * @param objects those that can be read
     */
    Obscured(String plural, Function<Unread<T>, @Nullable Set<K>> speaksFor, Contributions<K, T, ?> objects) {
        this.plural = plural;
        this.speaksFor = speaksFor;
        this.objects = objects;
    }

    /** Of what a list holds and cannot be read, that which is known stays; one without a name may be any of them. */
    Set<ObjectName> keptOnLane(List<Unread<T>> list) {
        Set<ObjectName> names = list.stream().map(Unread::id).collect(Collectors.toSet());
        boolean all = names.stream().anyMatch(name -> name.name().isEmpty());
        return all ? objects.all().stream().map(objects::id).collect(Collectors.toSet()) : names;
    }

    /** A list came, the objects of which are known already; these are all of it that cannot be read. */
    void listedOnLane(List<Unread<T>> list) {
        unread.clear();
        list.forEach(this::metOnLane);
    }

    /** That one cannot be read. */
    void metOnLane(Unread<T> object) {
        if (objects.held(object.id()) == null) {
            unread.put(object.id(), object);
        }
    }

    /** That one can be read, or is gone; of these of the services something can be said now that could not before. */
    Collection<K> clearedOnLane(ObjectName object, Collection<K> services) {
        Unread<T> gone = unread.remove(object);
        return gone == null ? List.of() : concernedOnLane(gone, services);
    }

    /** What another watch of that service knows of them is taken from there, and what it does not know either is noted. */
    void learnOnLane(K service, Contributions<K, T, ?> other, Function<T, Set<K>> of) {
        unread.keySet().removeIf(id -> {
            T known = other.held(id);
            if (known != null && of.apply(known).contains(service)) {
                objects.put(known);
            }
            return objects.held(id) != null;
        });
    }

    /** A list for one service alone met those of the other; what is known here of them stays. */
    void addOnLane(Obscured<K, T> other) {
        other.unread.values().forEach(this::metOnLane);
        unread.keySet().removeIf(id -> objects.held(id) != null);
    }

    /** Why nothing can be said of a service, or null if something can. */
    @Nullable
    Trouble troubleOnLane(K service) {
        if (unread.isEmpty() || !objects.saysNothing(service)) {
            return null;
        }
        return unread.values().stream()
                .filter(each -> speaksFor(each, service))
                .findFirst()
                .map(each -> ApiTroubles.unreadable(plural, each))
                .orElse(null);
    }

    private boolean speaksFor(Unread<T> object, K service) {
        Set<K> services = speaksFor.apply(object);
        return services == null || services.contains(service);
    }

    /** Those of the services that one may speak for. */
    Collection<K> concernedOnLane(Unread<T> object, Collection<K> services) {
        return services.stream().filter(each -> speaksFor(object, each)).toList();
    }
}
