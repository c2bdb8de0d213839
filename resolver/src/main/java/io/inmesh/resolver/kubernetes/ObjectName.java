package io.inmesh.resolver.kubernetes;

/** Namespace and name of an API object. */
record ObjectName(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
