package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ResourceVersions;
import io.inmesh.resolver.kubernetes.rule.Contributions;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Put;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Removed;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Services that come to a wide watch while it runs. What the watch told before was read without their endpoints (rule W-14), so of each
 * its objects are listed once, in a request of its own, and put among those of the watch.
 *
 * <p>Nothing is lost and nothing comes back, whichever of the two is ahead. From the moment that the service counts as covered, everything
 * is read in full; only then is the list asked for, and as the most recent one. So what was still read without endpoints is not
 * newer than the list: where the list tells of the same object, it is dropped. What the watch has told since, and is newer than the
 * list, stands. Where the watch has not come as far as the list, the list is what is shown of the service until it has.
 *
 * <p>Threads: the lane.
 */
final class Joining<K, T> {
    private final Contributions<K, T, ?> objects; // Those of the watch.
    private final Set<K> asked = new HashSet<>(); // Their lists are on their way.
    private final Map<K, Ahead<T>> ahead = new HashMap<>();

    // What the watch said while lists are on their way.
    private final Map<ObjectName, String> told = new HashMap<>(); // The version told last of each object.
    private @Nullable String listed; // The version of its own last list.

    /** A list that the watch has not come as far as. */
    private record Ahead<T>(String version, Map<ObjectName, T> objects) {}

    Joining(Contributions<K, T, ?> objects) {
        this.objects = objects;
    }

    /** That service is covered from now on, and its list is about to be asked for. */
    void askedOnLane(K service) {
        asked.add(service);
    }

    void forgetOnLane(K service) {
        asked.remove(service);
        ahead.remove(service);
        restOnLane();
    }

    /** What the watch shows of that service is older than what its list has shown. */
    boolean isAheadOnLane(K service) {
        return ahead.containsKey(service);
    }

    /**
     * The list of a service came.
     *
     * @param at its version
     * @param reached the version that the watch has come to, or null if that is not known
     * @return the services for which something is different now, that one perhaps among them
     */
    Set<K> joinOnLane(K service, String at, @Nullable String reached, Collection<T> list) {
        Set<K> changed = new HashSet<>();
        if (listed == null
                || ResourceVersions.compare(listed, at) <= 0) { // Else all of it is known, and what is gone since.
            Map<ObjectName, T> known = new HashMap<>();
            for (T object : list) {
                String newer = told.get(objects.id(object));
                if (newer == null || ResourceVersions.compare(newer, at) <= 0) {
                    known.put(objects.id(object), object);
                    changed.addAll(objects.put(object));
                }
            }
            if (reached == null || ResourceVersions.compare(reached, at) < 0) {
                ahead.put(service, new Ahead<>(at, known));
            }
        }
        asked.remove(service);
        restOnLane();
        return changed;
    }

    private void restOnLane() {
        if (asked.isEmpty()) {
            told.clear();
            listed = null;
        }
    }

    /** True if a list told all that this event of the watch tells, perhaps more. */
    boolean isKnownOnLane(Event<T> event) {
        return event instanceof Put<T> put
                && ahead.values().stream().anyMatch(list -> {
                    T known = list.objects().get(put.id());
                    return known != null && ResourceVersions.compare(put.version(), objects.version(known)) <= 0;
                });
    }

    /** The watch told of an object. */
    void toldOnLane(Event<T> event) {
        if (asked.isEmpty()) {
            return;
        }
        if (event instanceof Put<T> put) {
            told.put(put.id(), put.version());
        } else if (event instanceof Removed<T> removed) {
            told.put(removed.id(), removed.version());
        }
    }

    /**
     * The watch has come as far as that.
     *
     * @return the services whose lists were ahead and no longer are: what another list told of them meanwhile, if an object went from one
     *     service to the next, the watch has passed over as known, so that each has to be looked at again
     */
    Set<K> reachedOnLane(@Nullable String version) {
        Set<K> passed = new HashSet<>();
        if (version != null) {
            ahead.forEach((service, list) -> {
                if (ResourceVersions.compare(version, list.version()) >= 0) {
                    passed.add(service);
                }
            });
            ahead.keySet().removeAll(passed);
        }
        return passed;
    }

    /**
     * The watch itself has listed again, and holds what that list told.
     *
     * @param before how far it had come before, or null if that is not known
     * @return the services whose lists are of another age, since the cluster was set back (rule W-6): they have to be asked for again
     */
    Set<K> listedOnLane(String version, @Nullable String before) {
        if (before != null && ResourceVersions.compare(version, before) < 0) {
            Set<K> again = new HashSet<>(asked);
            again.addAll(ahead.keySet());
            again.forEach(this::forgetOnLane);
            return again;
        }
        told.clear();
        listed = asked.isEmpty() ? null : version;
        reachedOnLane(version); // All are told of a list.
        ahead.values().forEach(list -> list.objects().values().forEach(objects::put));
        return Set.of();
    }
}
