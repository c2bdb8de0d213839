package io.inmesh.resolver.kubernetes.object;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What resolving needs of one Service.
 *
 * @param id its namespace and name
 * @param uid its identity; a service deleted and made anew has another (rule S-9)
 * @param version its resource version
 * @param kind how it is reached
 * @param families its families, the primary one first (rule F-2)
 * @param ports its ports
 * @param externalName what it is an alias of, empty for other kinds
 * @param internalTrafficPolicy {@code Cluster} or {@code Local} (rule L-1)
 * @param exposure where it can be reached other than through its endpoints
 * @param selector the labels of its pods, empty if something else writes its endpoints (rule S-4)
 * @param sessionAffinity how long clients stay with an endpoint, or null (rules Y-1, Y-7)
 * @param annotations those under {@code inmesh.io/}, without that prefix
 */
public record ServiceObject(
        ObjectName id,
        String uid,
        String version,
        ServiceKind kind,
        List<AddressFamily> families,
        List<ServicePort> ports,
        String externalName,
        String internalTrafficPolicy,
        ServiceExposure exposure,
        Map<String, String> selector,
        @Nullable Duration sessionAffinity,
        Map<String, String> annotations) {

    public ServiceObject {
        families = List.copyOf(families);
        ports = List.copyOf(ports);
        selector = Map.copyOf(selector);
        annotations = Map.copyOf(annotations);
    }

    /** A Service that exists, as far as slices tell, but may not be read (rule P-14): nothing is known of it. */
    public static ServiceObject unread(ObjectName id) {
        return new ServiceObject(
                id,
                "",
                "",
                ServiceKind.VIRTUAL_IP,
                List.of(AddressFamily.IPV4, AddressFamily.IPV6),
                List.of(),
                "",
                "Cluster",
                ServiceExposure.NONE,
                Map.of(),
                null,
                Map.of());
    }

    /** What has to differ for a change to be one (rule A-13). */
    public ServiceObject withoutVersion() {
        return new ServiceObject(
                id,
                uid,
                "",
                kind,
                families,
                ports,
                externalName,
                internalTrafficPolicy,
                exposure,
                selector,
                sessionAffinity,
                annotations);
    }

    /** Which endpoints a client in the pod network may use. A headless service has no traffic policy (group S). */
    public TrafficPolicy internalPolicy() {
        return kind == ServiceKind.VIRTUAL_IP ? TrafficPolicy.named(internalTrafficPolicy) : TrafficPolicy.CLUSTER;
    }

    /** True if traffic of that family can come in for that port from outside the cluster (rules L-5, F-3). */
    public boolean isExposed(ServicePort port, AddressFamily family) {
        return kind == ServiceKind.VIRTUAL_IP
                && (port.nodePort() != 0
                        || !exposure.balancerVips(family).isEmpty()
                        || !exposure.externalIps(family).isEmpty());
    }
}
