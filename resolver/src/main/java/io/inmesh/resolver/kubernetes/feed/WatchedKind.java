package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.rule.Contributions;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kind of object that says something of services, or of whatever else its objects add up to, such as the pods of a selector.
 *
 * @param one what to watch for one service
 * @param lists how what exists is asked for then
 * @param name what {@code one} is, for people
 * @param all what to watch for several services of the namespace at once; objects of others may come stripped. Members come
 *     and go while it is watched
 * @param of the services an object speaks of
 * @param speaksFor the same of an object that cannot be read; null if that cannot be told, so that it may be any
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
        Function<T, Set<K>> of,
        Function<Unread<T>, @Nullable Set<K>> speaksFor,
        Supplier<Contributions<K, T, V>> none) {}
