package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code status.loadBalancer.ingress} (rule S-21).
 *
 * @param ip its address in canonical form, or null
 * @param hostname its name, or null; at least one of the two is there
 * @param virtual whether nodes capture the address themselves: {@code ipMode} VIP or absent (rule S-22)
 * @param failures the ports that the balancer could not set up
 */
public record BalancerAddress(@Nullable String ip, @Nullable String hostname, boolean virtual, List<Failure> failures) {

    public BalancerAddress {
        failures = List.copyOf(failures);
    }

    /** A port that the balancer could not set up, and its word for why. */
    public record Failure(int port, Protocol protocol, String error) {}

    /** Why that port does not work at this address, or null if nothing is said against it. */
    public @Nullable String failureOf(ServicePort port) {
        for (Failure failure : failures) {
            if (failure.port() == port.number() && failure.protocol() == port.protocol()) {
                return failure.error();
            }
        }
        return null;
    }

    /** For people: the address, else the name. */
    public String describe() {
        return ip != null ? ip : String.valueOf(hostname);
    }
}
