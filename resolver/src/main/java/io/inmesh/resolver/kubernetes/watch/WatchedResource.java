package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.object.EndpointsObject;
import io.inmesh.resolver.kubernetes.object.EndpointsReader;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.NodeReader;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ObjectReader;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.PodReader;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServiceReader;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceReader;
import io.inmesh.resolver.kubernetes.source.Right;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is listed and watched: one kind of object in one namespace, narrowed by a selector (rule W-19).
 *
 * @param group the API group, empty for the core
 * @param plural the resource's name in paths and Roles
 * @param namespace where
 * @param path the path to list and watch under
 * @param selector the query that narrows it
 * @param read reduces an object to ours
 */
public record WatchedResource<T>(
        String group, String plural, String namespace, String path, String selector, ObjectReader<T> read) {

    /** The one Service of that name. */
    public static WatchedResource<ServiceObject> service(ObjectName name) {
        return new WatchedResource<>(
                "",
                "services",
                name.namespace(),
                "/api/v1/namespaces/" + name.namespace() + "/services",
                "fieldSelector=" + encode("metadata.name=" + name.name()),
                ObjectReader.tree(ServiceReader::read));
    }

    /** All Services of a namespace. */
    public static WatchedResource<ServiceObject> services(String namespace) {
        WatchedResource<ServiceObject> one = service(new ObjectName(namespace, ""));
        return one.wide();
    }

    /** All slices of a namespace, read in full where they are of those services. */
    public static WatchedResource<Slice> allSlices(String namespace, Predicate<ObjectName> services) {
        WatchedResource<Slice> one = slices(new ObjectName(namespace, ""));
        return new WatchedResource<>(one.group(), one.plural(), namespace, one.path(), "", new SliceReader(services));
    }

    /** The Endpoints object of that Service (rule E-2). */
    public static WatchedResource<EndpointsObject> endpoints(ObjectName service) {
        return new WatchedResource<>(
                "",
                "endpoints",
                service.namespace(),
                "/api/v1/namespaces/" + service.namespace() + "/endpoints",
                "fieldSelector=" + encode("metadata.name=" + service.name()),
                ObjectReader.tree(EndpointsReader::read));
    }

    /** All Endpoints objects of a namespace. */
    public static WatchedResource<EndpointsObject> allEndpoints(String namespace) {
        return endpoints(new ObjectName(namespace, "")).wide();
    }

    /** The pods that a selector matches (group I). */
    public static WatchedResource<PodObject> pods(String namespace, String selector, PodReader reader) {
        return new WatchedResource<>(
                "",
                "pods",
                namespace,
                "/api/v1/namespaces/" + namespace + "/pods",
                "labelSelector=" + encode(selector),
                ObjectReader.tree(reader::read, reader::outline));
    }

    /** All pods of a namespace. */
    public static WatchedResource<PodObject> allPods(String namespace, PodReader reader) {
        return pods(namespace, "", reader).wide();
    }

    /** All Nodes (rule S-23). */
    public static WatchedResource<NodeObject> nodes() {
        return new WatchedResource<>("", "nodes", "", "/api/v1/nodes", "", ObjectReader.tree(NodeReader::read));
    }

    /** The same, read as that one is read. */
    public WatchedResource<T> readLike(WatchedResource<T> other) {
        return new WatchedResource<>(group, plural, namespace, path, selector, other.read);
    }

    private WatchedResource<T> wide() {
        return new WatchedResource<>(group, plural, namespace, path, "", read);
    }

    /** The slices of that Service (rule A-1). */
    public static WatchedResource<Slice> slices(ObjectName service) {
        return new WatchedResource<>(
                "discovery.k8s.io",
                "endpointslices",
                service.namespace(),
                "/apis/discovery.k8s.io/v1/namespaces/" + service.namespace() + "/endpointslices",
                "labelSelector=" + encode(SliceReader.SERVICE_LABEL + "=" + service.name()),
                new SliceReader());
    }

    /** The right that this takes (rule R-3). */
    Right right() {
        return namespace.isEmpty() ? Right.toWatchNodes() : Right.toWatch(group, plural, namespace);
    }

    /** {@code endpointslices (group discovery.k8s.io) in namespace shop}. */
    public String describe() {
        return plural + " (API group '" + group + "')" + (namespace.isEmpty() ? "" : " in namespace " + namespace);
    }

    /** A list not older than a version that was seen (W-6), or the most recent one; W-7: nothing else is needed for that. W-17: no pages. */
    String listPath(@Nullable String version) {
        String from = version == null ? "" : "resourceVersion=" + version;
        return with(with(path, selector), from);
    }

    /** A watch from a version on (rules W-1, W-3, W-4). */
    String watchPath(@Nullable String version, int seconds) {
        return with(listPath(version), "watch=1&allowWatchBookmarks=true&timeoutSeconds=" + seconds);
    }

    /**
     * As little of a list as there is, not older than a version that was seen. Without the match, a limit would make that the exact version,
     * which may be forgotten.
     */
    String proofPath(@Nullable String version) {
        return with(listPath(version), "resourceVersionMatch=NotOlderThan&limit=1");
    }

    /** A watch with all that exists before it (rule W-9), not older than a version that was seen. */
    String streamedListPath(@Nullable String version, int seconds) {
        return watchPath(version, seconds) + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    }

    private static String with(String url, String query) {
        return query.isEmpty() ? url : url + (url.indexOf('?') < 0 ? "?" : "&") + query;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
