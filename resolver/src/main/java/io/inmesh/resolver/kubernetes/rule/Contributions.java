package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What objects of one kind say of services, kept per object (rule A-3): an event replaces or removes the contribution of its object,
 * whatever that was before, so the result depends on the last state of each object and not on the order of events.
 *
 * <p>Threads: one at a time; whoever watches the objects owns it on its lane.
 *
 * @param <K> what names a service, or whatever else objects add up to
 * @param <T> the objects
 * @param <V> what they add up to for one of them; values that never change
 */
public interface Contributions<K, T, V> {

    /**
     * An object was added or modified.
     *
     * @return the services for which something is different now; none if only versions or annotations changed (rule A-13)
     */
    Set<K> put(T object);

    /** An object is gone, whatever content the event shows (rules A-3, W-15). Of an unknown one nothing changes. */
    Set<K> remove(ObjectName object, String version);

    /** A complete list replaces everything at once: what it lacks is gone (rule W-5). */
    default Set<K> replaceAll(Collection<T> list) {
        return replaceAll(list, Set.of());
    }

    /** The same, but what is known of these objects stays, unless the list tells of them: they exist and cannot be read. */
    Set<K> replaceAll(Collection<T> list, Set<ObjectName> kept);

    /** An object by name; null if it is not known, or only that it is of no interest. */
    @Nullable
    T held(ObjectName object);

    /** All objects that are known. */
    Collection<T> all();

    /** What names an object. */
    ObjectName id(T object);

    /** Its resource version (rule W-16). */
    String version(T object);

    /** True if all that is known of that service together is nothing that anybody could use. */
    boolean saysNothing(K service);

    /** That service is asked for no more: nothing of it is kept. */
    void forget(K service);

    /** What is known of that service now. */
    V of(K service);
}
