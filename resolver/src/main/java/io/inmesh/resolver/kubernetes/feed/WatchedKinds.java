package io.inmesh.resolver.kubernetes.feed;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.kubernetes.object.EndpointsObject;
import io.inmesh.resolver.kubernetes.object.LabelSelector;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.PodReader;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.rule.NamedObjects;
import io.inmesh.resolver.kubernetes.rule.PodContributions;
import io.inmesh.resolver.kubernetes.rule.SliceContributions;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is watched of a namespace, kind by kind. Pure functions. */
final class WatchedKinds {
    private WatchedKinds() {}

    static WatchedKind<ObjectName, ServiceObject, Optional<ServiceObject>> services(String namespace) {
        return new WatchedKind<>(
                WatchedResource::service,
                WatchConfig.Lists.STREAMED,
                service -> "services of " + ofNamespace(service),
                services -> WatchedResource.services(namespace),
                object -> Set.of(object.id()),
                WatchedKinds::named,
                () -> new NamedObjects<>(ServiceObject::id, ServiceObject::version, ServiceObject::withoutVersion));
    }

    static WatchedKind<ObjectName, Slice, List<Slice>> slices(String namespace) {
        return new WatchedKind<>(
                WatchedResource::slices,
                WatchConfig.Lists.STREAMED,
                service -> "endpointslices of " + ofNamespace(service),
                services -> WatchedResource.allSlices(namespace, services::contains),
                WatchedKinds::service,
                slice -> outlined(slice, WatchedKinds::service),
                SliceContributions::new);
    }

    static WatchedKind<ObjectName, EndpointsObject, Optional<EndpointsObject>> endpoints(String namespace) {
        return new WatchedKind<>(
                WatchedResource::endpoints,
                WatchConfig.Lists.STREAMED,
                service -> "endpoints of " + ofNamespace(service),
                services -> WatchedResource.allEndpoints(namespace),
                object -> Set.of(object.id()),
                WatchedKinds::named,
                () -> new NamedObjects<>(EndpointsObject::id, EndpointsObject::version, EndpointsObject::content));
    }

    /** Pods by selector. A selector is typed by people, and its refusal must not look like that of streamed lists. */
    static WatchedKind<String, PodObject, List<PodObject>> pods(String namespace, @Nullable String weightLabel) {
        return new WatchedKind<>(
                selector -> WatchedResource.pods(
                        namespace, selector, new PodReader(weightLabel, labels -> Set.of(selector))),
                WatchConfig.Lists.WHOLE,
                selector -> "pods '" + selector + "' in namespace " + namespace,
                selectors -> WatchedResource.allPods(namespace, new PodReader(weightLabel, selecting(selectors))),
                PodObject::selectedBy,
                pod -> outlined(pod, PodObject::selectedBy),
                PodContributions::new);
    }

    /** From labels those of the selectors, which come and go, that select them. */
    private static Function<JsonNode, Set<String>> selecting(Set<String> selectors) {
        Map<String, Optional<LabelSelector>> parsed = new ConcurrentHashMap<>();
        return labels -> selectors.stream()
                .filter(text -> parsed.computeIfAbsent(text, LabelSelector::parse)
                        .filter(selector -> selector.matches(key -> value(labels, key)))
                        .isPresent())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<ObjectName> service(Slice slice) {
        return slice.service() == null ? Set.of() : Set.of(slice.service());
    }

    /** An object that is named like the service it speaks of. */
    private static @Nullable Set<ObjectName> named(Unread<?> object) {
        return object.id().name().isEmpty() ? null : Set.of(object.id());
    }

    private static <K, T> @Nullable Set<K> outlined(Unread<T> object, Function<T, Set<K>> of) {
        T outline = object.outline();
        return outline == null || object.id().name().isEmpty() ? null : of.apply(outline);
    }

    /** Null if there is no such label; an empty one is there (rule I-1). */
    private static @Nullable String value(JsonNode labels, String key) {
        JsonNode value = labels.path(key);
        return value.isTextual() ? value.textValue() : null;
    }

    private static String ofNamespace(ObjectName service) {
        return service.name() + " in namespace " + service.namespace();
    }
}
