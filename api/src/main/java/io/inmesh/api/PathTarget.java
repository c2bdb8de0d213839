package io.inmesh.api;

import java.util.Map;
import java.util.Set;

/**
 * A target of a scheme other than {@code k8s}: what the path means, its provider decides.
 *
 * @param scheme the scheme, lower case
 * @param path what stands between {@code scheme:///} and the query, not empty; neither decoded nor put in lower case
 * @param parameters settings from the query
 */
public record PathTarget(String scheme, String path, Map<String, String> parameters) implements Target {

    /** Checks that the target prints as a text that reads back; copies the parameters. */
    public PathTarget {
        TargetParser.checkScheme(scheme);
        if (scheme.equals(KUBERNETES)) {
            throw new InvalidTargetException(
                    "scheme '" + scheme + "' (expected: another one; k8s reaches services and pods)");
        }
        if (path.isEmpty() || path.indexOf('?') >= 0) {
            throw new InvalidTargetException("path '" + path + "' of scheme '" + scheme
                    + "' (expected: not empty and without '?', behind which the query begins)");
        }
        TargetQuery.checkCharacters(path);
        parameters = TargetQuery.settings(parameters, Set.of());
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
