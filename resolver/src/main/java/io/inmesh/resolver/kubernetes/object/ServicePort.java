package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A port of a Service.
 *
 * @param name its name, empty for an unnamed one (rule P-5)
 * @param protocol its protocol
 * @param number {@code spec.ports[].port}, the only number a caller can mean (rule P-2)
 * @param nodePort the number that every node listens on for it, 0 = none (rule S-23)
 * @param appProtocol what is spoken there, or null
 */
public record ServicePort(
        String name,
        Protocol protocol,
        int number,
        int nodePort,
        @Nullable String appProtocol) {

    /** For people: {@code grpc (9090)}, the protocol only if it is not TCP. */
    public String describe() {
        String numbered = protocol == Protocol.TCP ? Integer.toString(number) : number + "/" + protocol;
        return name.isEmpty() ? numbered : name + " (" + numbered + ")";
    }
}
