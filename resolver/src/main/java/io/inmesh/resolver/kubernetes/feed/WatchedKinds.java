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
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
                service -> true,
                object -> Set.of(object.id()),
                () -> new NamedObjects<>(ServiceObject::id, ServiceObject::version, ServiceObject::withoutVersion));
    }

    static WatchedKind<ObjectName, Slice, List<Slice>> slices(String namespace) {
        return new WatchedKind<>(
                WatchedResource::slices,
                WatchConfig.Lists.STREAMED,
                service -> "endpointslices of " + ofNamespace(service),
                services -> WatchedResource.allSlices(namespace, services::contains),
                service -> true,
                slice -> slice.service() == null ? Set.of() : Set.of(slice.service()),
                SliceContributions::new);
    }

    static WatchedKind<ObjectName, EndpointsObject, Optional<EndpointsObject>> endpoints(String namespace) {
        return new WatchedKind<>(
                WatchedResource::endpoints,
                WatchConfig.Lists.STREAMED,
                service -> "endpoints of " + ofNamespace(service),
                services -> WatchedResource.allEndpoints(namespace),
                service -> true,
                object -> Set.of(object.id()),
                () -> new NamedObjects<>(EndpointsObject::id, EndpointsObject::version, EndpointsObject::content));
    }

    /**
     * Pods by selector. A selector is typed by people, and its refusal must not look like that of streamed lists; one that is not
     * understood here is judged by the server alone.
     */
    static WatchedKind<String, PodObject, List<PodObject>> pods(String namespace, @Nullable String weightLabel) {
        return new WatchedKind<>(
                selector -> WatchedResource.pods(
                        namespace, selector, new PodReader(weightLabel, labels -> Set.of(selector))),
                WatchConfig.Lists.WHOLE,
                selector -> "pods '" + selector + "' in namespace " + namespace,
                selectors -> WatchedResource.allPods(namespace, new PodReader(weightLabel, selecting(selectors))),
                selector -> LabelSelector.parse(selector).isPresent(),
                PodObject::selectedBy,
                PodContributions::new);
    }

    /** From labels those of the selectors, whose set may lose members, that select them. */
    private static Function<JsonNode, Set<String>> selecting(Set<String> selectors) {
        Map<String, LabelSelector> parsed = new HashMap<>();
        selectors.forEach(text -> LabelSelector.parse(text).ifPresent(selector -> parsed.put(text, selector)));
        return labels -> parsed.entrySet().stream()
                .filter(each -> selectors.contains(each.getKey()))
                .filter(each -> each.getValue().matches(key -> value(labels, key)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
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
