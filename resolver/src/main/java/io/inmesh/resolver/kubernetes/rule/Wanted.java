package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * What one resolver was asked for.
 *
 * @param service the Service's namespace and name
 * @param host the one host of a headless service, or null for all (rule H-2)
 * @param port the port as typed, digits or name, or null if none was (rule P-10)
 * @param protocol its protocol
 */
public record Wanted(
        ObjectName service, @Nullable String host, @Nullable String port, Protocol protocol) {

    /** How its sets are named: a single host is a set of its own, so it must not share state with the whole service. */
    String name() {
        return host == null ? service.name() : host + "." + service.name();
    }

    /** For people, and the beginning of every refusal: {@code orders in namespace shop, port http}. */
    public String describe() {
        return name() + " in namespace " + service.namespace() + (port == null ? ", no port given" : ", port " + port)
                + (protocol == Protocol.TCP ? "" : "/" + protocol);
    }
}
