package io.inmesh.api;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes service and one of its ports.
 *
 * @param name host, service and namespace, and how they were typed
 * @param port the service port's number (digits) or name, or null if none was given
 * @param protocol the port's protocol
 * @param parameters settings from the query
 */
public record ServiceTarget(ServiceName name, @Nullable String port, Protocol protocol, Map<String, String> parameters)
        implements Target {

    /** Checks the port, and that no parameter is part of what is reached; copies the parameters. */
    public ServiceTarget {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(protocol, "protocol");
        port = port == null ? null : TargetParser.port(port);
        parameters = TargetQuery.settings(parameters, TargetQuery.KUBERNETES_KEYS);
    }

    @Override
    public String scheme() {
        return KUBERNETES;
    }

    /** The port if it is a number; digits are always a number (rule P-11). */
    public OptionalInt portNumber() {
        return port != null && TargetParser.isNumber(port)
                ? OptionalInt.of(Integer.parseInt(port))
                : OptionalInt.empty();
    }

    @Override
    public ServiceTarget withoutParameters() {
        return parameters.isEmpty() ? this : new ServiceTarget(name, port, protocol, Map.of());
    }

    @Override
    public String authority() {
        return portNumber().isPresent() ? name.typed() + ":" + port : name.typed();
    }

    @Override
    public String toString() {
        String namespace = name.namespaceIsTyped() || name.namespace() == null ? "" : name.namespace();
        String base = KUBERNETES + "://" + namespace + "/" + name.typed() + (port == null ? "" : ":" + port);
        return base + TargetQuery.print(parameters, protocol);
    }
}
