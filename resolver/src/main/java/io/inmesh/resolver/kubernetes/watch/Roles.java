package io.inmesh.resolver.kubernetes.watch;

/** The rights to add where one is missing, ready to be applied (rules ). Pure. */
final class Roles {
    private Roles() {}

    /** The Role of a namespace that is called into, with a line for that resource; a ClusterRole for what belongs to no namespace. */
    static String toRead(WatchedResource<?> resource) {
        if (resource.namespace().isEmpty()) {
            return """
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: ClusterRole
                    metadata:
                      name: inmesh
                    rules:
                    - {apiGroups: ["%s"], resources: [%s], verbs: [get, list, watch]}
                    """.formatted(resource.group(), resource.plural());
        }
        boolean extra = resource.group().isEmpty() && !resource.plural().equals("services");
        return """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata:
                  name: inmesh
                  namespace: %s
                rules:
                - {apiGroups: [""], resources: [services], verbs: [list, watch]}
                - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
                """.formatted(resource.namespace())
                + (extra
                        ? "- {apiGroups: [\"\"], resources: [" + resource.plural() + "], verbs: [list, watch]}\n"
                        : "");
    }
}
