package io.inmesh.resolver.kubernetes.object;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a Service can be reached other than through its endpoints: its virtual addresses and its ways in from outside the cluster.
 * Addresses are in canonical form; what is no IP address is left out.
 *
 * @param type its type
 * @param clusterIps its virtual addresses, none if it has none (yet)
 * @param externalIps addresses that nodes accept for it (rule S-25)
 * @param balancer what its balancer said; empty = none, or pending (rule S-21)
 * @param externalPolicy which endpoints serve what comes from outside (rule L-1)
 * @param healthCheckNodePort the field of that name, 0 = unsaid (rule S-24)
 * @param sourceRanges whom balancer addresses admit, empty = everybody (rule S-26)
 * @param proxyName who serves it instead of kube-proxy, perhaps without a name; null if nobody does (rule S-7)
 */
public record ServiceExposure(
        ServiceType type,
        List<String> clusterIps,
        List<String> externalIps,
        List<BalancerAddress> balancer,
        TrafficPolicy externalPolicy,
        int healthCheckNodePort,
        List<String> sourceRanges,
        @Nullable String proxyName) {

    /** No way in but the endpoints. */
    static final ServiceExposure NONE = new ServiceExposure(
            ServiceType.CLUSTER_IP, List.of(), List.of(), List.of(), TrafficPolicy.CLUSTER, 0, List.of(), null);

    public ServiceExposure {
        clusterIps = List.copyOf(clusterIps);
        externalIps = List.copyOf(externalIps);
        balancer = List.copyOf(balancer);
        sourceRanges = List.copyOf(sourceRanges);
    }

    /** The virtual address of a family. */
    public Optional<String> clusterIp(AddressFamily family) {
        return of(family, clusterIps).findFirst();
    }

    /** The external addresses of a family. */
    public List<String> externalIps(AddressFamily family) {
        return of(family, externalIps).toList();
    }

    /** Balancer addresses of a family that nodes capture themselves (rule S-22). */
    public List<String> balancerVips(AddressFamily family) {
        return of(
                        family,
                        balancer.stream()
                                .filter(BalancerAddress::virtual)
                                .flatMap(entry -> Optional.ofNullable(entry.ip()).stream())
                                .toList())
                .toList();
    }

    /**
     * Which endpoints serve what comes from outside, as kube-proxy sees it: the field has no effect on a type that cannot be reached from
     * outside (rule L-6), even where addresses of a balancer are left from another one.
     */
    public TrafficPolicy effectiveExternalPolicy() {
        boolean byType = type == ServiceType.LOAD_BALANCER || type == ServiceType.NODE_PORT || !externalIps.isEmpty();
        return byType ? externalPolicy : TrafficPolicy.CLUSTER;
    }

    /** Where a balancer asks a node for local endpoints, 0 = nowhere: it does so for its own services and under Local only. */
    public int servedHealthCheckNodePort() {
        return type == ServiceType.LOAD_BALANCER && externalPolicy == TrafficPolicy.LOCAL ? healthCheckNodePort : 0;
    }

    private static Stream<String> of(AddressFamily family, List<String> addresses) {
        return addresses.stream().filter(address -> family.canonical(address).isPresent());
    }
}
