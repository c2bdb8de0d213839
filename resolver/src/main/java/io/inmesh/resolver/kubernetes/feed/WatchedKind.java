package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.rule.Contributions;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kind of object that says something of services.
 *
 * @param one what to watch for one service
 * @param all what to watch for several services of the namespace at once; objects of others may come stripped. The set may lose members
 *     while it is watched, and never gains any
 * @param service the service an object speaks of, or null
 * @param none an empty collection of contributions
 * @param <T> the objects
 * @param <V> what they add up to for one service
 */
record WatchedKind<T, V>(
        Function<ObjectName, WatchedResource<T>> one,
        Function<Set<ObjectName>, WatchedResource<T>> all,
        Function<T, @Nullable ObjectName> service,
        Supplier<Contributions<T, V>> none) {}
