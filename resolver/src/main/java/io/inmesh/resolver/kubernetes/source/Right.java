package io.inmesh.resolver.kubernetes.source;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A right on one kind of object that this client needs (rules ).
 *
 * @param group the API group, empty for the core
 * @param plural the resource's name in Roles
 * @param namespace where, empty for what belongs to no namespace
 * @param verbs what is done with it
 */
public record Right(String group, String plural, String namespace, List<String> verbs) {

    private static final List<String> WATCHING = List.of("list", "watch");
    private static final String SERVICES = "services";

    public Right {
        verbs = List.copyOf(verbs);
    }

    /** To list and watch in a namespace. */
    public static Right toWatch(String group, String plural, String namespace) {
        return new Right(group, plural, namespace, WATCHING);
    }

    /** To list and watch Services there. */
    public static Right toWatchServices(String namespace) {
        return toWatch("", SERVICES, namespace);
    }

    /** To list and watch EndpointSlices there. */
    public static Right toWatchSlices(String namespace) {
        return toWatch("discovery.k8s.io", "endpointslices", namespace);
    }

    /** To read single Nodes (rule T-10). */
    public static Right toGetNodes() {
        return new Right("", "nodes", "", List.of("get"));
    }

    /** To list and watch Nodes, and to read single ones (rule S-23). */
    public static Right toWatchNodes() {
        return new Right("", "nodes", "", List.of("get", "list", "watch"));
    }

    /**
     * The Role to add, ready to be applied; a ClusterRole for what belongs to no namespace. One for single reads, and one without Services has a name of its own,
     * so that it does not take the place of the Role that others of this client need.
     *
     * @param others what else is needed, in the order of its rules; what is of other namespaces needs Roles of its own
     */
    public String role(List<Right> others) {
        if (namespace.isEmpty()) {
            return """
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: ClusterRole
                    metadata:
                      name: %s
                    rules:
                    """.formatted(verbs.equals(List.of("get")) ? "inmesh-zone" : "inmesh") + rule();
        }
        Set<Right> rights = new LinkedHashSet<>(others.stream()
                .filter(other -> other.namespace.equals(namespace))
                .toList());
        rights.add(this);
        boolean services = rights.stream().anyMatch(right -> right.plural.equals(SERVICES));
        StringBuilder role = new StringBuilder("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata:
                  name: %s
                  namespace: %s
                rules:
                """.formatted(services ? "inmesh" : "inmesh-" + plural, namespace));
        rights.forEach(right -> role.append(right.rule()));
        return role.toString();
    }

    private String rule() {
        return "- {apiGroups: [" + (group.isEmpty() ? "\"\"" : group) + "], resources: [" + plural + "], verbs: ["
                + String.join(", ", verbs) + "]}\n";
    }
}
