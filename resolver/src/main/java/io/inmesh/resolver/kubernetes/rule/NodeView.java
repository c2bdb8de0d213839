package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What kube-proxy on one node makes of one port in one family: the two sets, each computed only where some traffic needs it (rules L-5,
 * L-6). Pure.
 *
 * @param cluster what Cluster policy uses, null if no traffic is under it
 * @param local what Local policy uses on that node, null if no traffic is under it
 */
record NodeView(
        @Nullable Judgement cluster,
        @Nullable Judgement local,
        TrafficPolicy internal,
        TrafficPolicy external,
        boolean exposed) {

    static NodeView of(
            List<JoinedEndpoint> endpoints,
            ServiceObject service,
            ServicePort port,
            AddressFamily family,
            Locality node,
            HintUse hints) {
        boolean exposed = service.isExposed(port, family);
        TrafficPolicy internal = service.internalPolicy();
        TrafficPolicy external = service.exposure().effectiveExternalPolicy();
        boolean needsCluster =
                internal == TrafficPolicy.CLUSTER || exposed; // S-27: short circuits of a Local one as well.
        boolean needsLocal = internal == TrafficPolicy.LOCAL || (exposed && external == TrafficPolicy.LOCAL);
        return new NodeView(
                needsCluster ? UsabilityRules.judge(endpoints, TrafficPolicy.CLUSTER, node, hints) : null,
                needsLocal ? UsabilityRules.judge(endpoints, TrafficPolicy.LOCAL, node, hints) : null,
                internal,
                external,
                exposed);
    }

    /** What a pod on that node gets under the service's name. */
    Judgement inCluster() {
        return chosen(internal);
    }

    /** What traffic gets that enters at that node, null if the service is not exposed. */
    @Nullable
    Judgement externalAtNode() {
        return exposed ? chosen(external) : null;
    }

    private Judgement chosen(TrafficPolicy policy) {
        Judgement set = policy == TrafficPolicy.LOCAL ? local : cluster;
        if (set == null) {
            throw new IllegalStateException(
                    "the set of policy " + policy + " was not computed (expected: by rule L-5)");
        }
        return set;
    }

    /** What is reachable from that node by one policy or the other. */
    List<JoinedEndpoint> all() {
        Set<JoinedEndpoint> all = new LinkedHashSet<>(cluster == null ? List.of() : cluster.usable());
        all.addAll(local == null ? List.of() : local.usable());
        return List.copyOf(all);
    }

    /** Whether something is usable anywhere for a policy that the service has. */
    boolean hasAnyEndpoints() {
        return (cluster != null && cluster.anythingUsable()) || (local != null && local.anythingUsable());
    }

    /** Something is usable, but nothing from that node. */
    boolean onlyRemoteEndpoints() {
        return hasAnyEndpoints() && all().isEmpty();
    }
}
