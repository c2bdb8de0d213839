package io.inmesh.resolver.testing;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A path of the API taken apart: {@code /api/v1/...} or {@code /apis/GROUP/VERSION/...}, with or without namespace and name. */
record ApiPath(
        String group,
        String version,
        @Nullable String namespace,
        String resource,
        @Nullable String name) {

    /** Reads a path; empty if it is none that leads to objects. */
    static Optional<ApiPath> parse(String path) {
        List<String> parts = List.of(path.substring(1).split("/", -1));
        if (parts.contains("")) {
            return Optional.empty();
        }
        if (parts.size() > 2 && parts.get(0).equals("api")) {
            return inside("", parts.get(1), parts.subList(2, parts.size()));
        }
        if (parts.size() > 3 && parts.get(0).equals("apis")) {
            return inside(parts.get(1), parts.get(2), parts.subList(3, parts.size()));
        }
        return Optional.empty();
    }

    private static Optional<ApiPath> inside(String group, String version, List<String> rest) {
        boolean namespaced = rest.get(0).equals("namespaces") && rest.size() > 2;
        String namespace = namespaced ? rest.get(1) : null;
        List<String> object = namespaced ? rest.subList(2, rest.size()) : rest;
        if (object.size() > 2) {
            return Optional.empty();
        }
        String name = object.size() == 2 ? object.get(1) : null;
        return Optional.of(new ApiPath(group, version, namespace, object.get(0), name));
    }

    /** True if the path leads to objects of that type. */
    boolean leadsTo(ResourceType type) {
        return type.group().equals(group)
                && type.version().equals(version)
                && type.plural().equals(resource);
    }
}
