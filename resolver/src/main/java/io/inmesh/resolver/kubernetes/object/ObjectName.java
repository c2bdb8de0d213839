package io.inmesh.resolver.kubernetes.object;

/** Namespace and name of an API object. */
public record ObjectName(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
