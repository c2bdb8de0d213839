package io.inmesh.api;

import java.util.Map;
import java.util.Objects;

/**
 * A target of a scheme other than {@code k8s}: what the path means, its provider decides.
 *
 * @param scheme the scheme, lower case
 * @param path what stands between {@code scheme:///} and the query, not empty
 * @param parameters settings from the query
 */
public record PathTarget(String scheme, String path, Map<String, String> parameters) implements Target {

    /** Copies the parameters. */
    public PathTarget {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(path, "path");
        parameters = Map.copyOf(parameters);
    }

    @Override
    public PathTarget withoutParameters() {
        return parameters.isEmpty() ? this : new PathTarget(scheme, path, Map.of());
    }

    @Override
    public String authority() {
        int end = path.indexOf(',');
        return end < 0 ? path : path.substring(0, end);
    }

    @Override
    public String toString() {
        return scheme + ":///" + path + TargetQuery.print(parameters, Protocol.TCP);
    }
}
