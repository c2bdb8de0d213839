package io.inmesh.resolver.testing;

/**
 * A kind of object that the API serves.
 *
 * @param group API group, empty for the core
 * @param version version inside the group
 * @param kind name of the kind as objects carry it
 * @param plural name of the kind as paths carry it
 * @param scope whether objects live in a namespace
 */
public record ResourceType(String group, String version, String kind, String plural, Scope scope) {

    /** Core v1 services. */
    public static final ResourceType SERVICES = core("Service", "services", Scope.NAMESPACED);

    /** Endpoint slices, discovery.k8s.io/v1. */
    public static final ResourceType ENDPOINT_SLICES =
            new ResourceType("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", Scope.NAMESPACED);

    /** Core v1 endpoints, the deprecated form of slices (rule E-1). */
    public static final ResourceType ENDPOINTS = core("Endpoints", "endpoints", Scope.NAMESPACED);

    /** Core v1 pods. */
    public static final ResourceType PODS = core("Pod", "pods", Scope.NAMESPACED);

    /** Core v1 nodes. */
    public static final ResourceType NODES = core("Node", "nodes", Scope.CLUSTER);

    /** Where objects of a type live. */
    public enum Scope {
        /** In a namespace each. */
        NAMESPACED,
        /** In none. */
        CLUSTER
    }

    private static ResourceType core(String kind, String plural, Scope scope) {
        return new ResourceType("", "v1", kind, plural, scope);
    }

    /** What objects of this type carry as {@code apiVersion}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Plural and group, as messages of the API name it: {@code endpointslices.discovery.k8s.io}. */
    public String qualifiedName() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
