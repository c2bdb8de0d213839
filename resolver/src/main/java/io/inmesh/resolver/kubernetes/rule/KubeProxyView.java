package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import java.util.List;
import java.util.Optional;

/**
 * What kube-proxy serves of a Service in one family, all addresses canonical. An in-process client serves more: headless services,
 * those not allocated yet and those that another proxy has (rules S-2, S-7).
 *
 * @param ports the ports
 * @param virtualIp the virtual address
 * @param externalIps the external addresses (rule S-25)
 * @param balancerVips the balancer's addresses, but for those that traffic must really leave for (rule S-22)
 * @param healthCheckNodePort where nodes tell of local endpoints, 0 = nowhere
 */
record KubeProxyView(
        List<ServicePort> ports,
        String virtualIp,
        List<String> externalIps,
        List<String> balancerVips,
        int healthCheckNodePort) {

    /** Empty if kube-proxy skips the service in that family. */
    static Optional<KubeProxyView> of(ServiceObject service, AddressFamily family) {
        if (service.kind() != ServiceKind.VIRTUAL_IP || service.exposure().proxyName() != null) {
            return Optional.empty();
        }
        return service.exposure()
                .clusterIp(family)
                .map(virtualIp -> new KubeProxyView(
                        service.ports(),
                        virtualIp,
                        service.exposure().externalIps(family),
                        service.exposure().balancerVips(family),
                        service.exposure().servedHealthCheckNodePort()));
    }
}
