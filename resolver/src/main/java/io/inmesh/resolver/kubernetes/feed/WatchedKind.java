package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.rule.Contributions;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A kind of object that says something of services, or of whatever else its objects add up to, such as the pods of a selector.
 *
 * @param one what to watch for one service
 * @param lists how what exists is asked for then
 * @param name what {@code one} is, for people
 * @param all what to watch for several services of the namespace at once; objects of others may come stripped. The set may lose members
 *     while it is watched, and never gains any
 * @param shares whether objects of that service can be told from others here; else it always has a watch of its own
 * @param of the services an object speaks of
 * @param none an empty collection of contributions
 * @param <K> what names a service
 * @param <T> the objects
 * @param <V> what they add up to for one service
 */
record WatchedKind<K, T, V>(
        Function<K, WatchedResource<T>> one,
        WatchConfig.Lists lists,
        Function<K, String> name,
        Function<Set<K>, WatchedResource<T>> all,
        Predicate<K> shares,
        Function<T, Set<K>> of,
        Supplier<Contributions<K, T, V>> none) {}
