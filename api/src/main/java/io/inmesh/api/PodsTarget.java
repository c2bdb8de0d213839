package io.inmesh.api;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pods by label selector, without a service.
 *
 * @param selector the label selector in the API's own syntax, never blank; only the API server judges the rest of it
 * @param namespace the namespace, or null for the client's own
 * @param port a container port's number or name, or null if none was given
 * @param protocol the port's protocol
 * @param parameters settings from the query
 */
public record PodsTarget(
        String selector,
        @Nullable String namespace,
        @Nullable String port,
        Protocol protocol,
        Map<String, String> parameters)
        implements Target {

    /** Checks selector, namespace and port, and that no parameter is part of what is reached; copies the parameters. */
    public PodsTarget {
        Objects.requireNonNull(protocol, "protocol");
        selector = selector.strip();
        if (selector.codePoints().noneMatch(Character::isLetterOrDigit)) {
            throw new InvalidTargetException(
                    "pods '" + selector + "' (expected: a label selector; an empty one would match every pod)");
        }
        TargetQuery.checkCharacters(selector);
        if (namespace != null) {
            ServiceName.checkLabel(namespace, namespace);
        }
        port = port == null ? null : TargetParser.port(port);
        parameters = TargetQuery.settings(parameters, TargetQuery.KUBERNETES_KEYS);
    }

    @Override
    public String scheme() {
        return KUBERNETES;
    }

    @Override
    public PodsTarget withoutParameters() {
        return parameters.isEmpty() ? this : new PodsTarget(selector, namespace, port, protocol, Map.of());
    }

    @Override
    public String authority() {
        return namespace == null ? "pods" : "pods." + namespace;
    }

    @Override
    public String toString() {
        Map<String, String> all = new TreeMap<>(parameters);
        all.put(TargetQuery.PODS, selector);
        if (namespace != null) {
            all.put(TargetQuery.NAMESPACE, namespace);
        }
        if (port != null) {
            all.put(TargetQuery.PORT, port);
        }
        return KUBERNETES + ":///" + TargetQuery.print(all, protocol);
    }
}
