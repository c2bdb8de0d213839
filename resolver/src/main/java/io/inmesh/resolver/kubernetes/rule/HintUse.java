package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.ServiceKind;

/** Which hints a client follows (group T). Following them is what kube-proxy does, so it is the default but for headless services. */
public enum HintUse {
    /** None: every ready endpoint of the cluster may be used. */
    NONE,
    /** Those for zones. */
    ZONES,
    /** Those for nodes, and those for zones where the first say nothing (rule T-4). */
    NODES_AND_ZONES;

    /**
     * What applies to a service.
     *
     * @param onHeadless what applies to headless services: none by default, as DNS would have it (rule T-12)
     */
    HintUse on(ServiceKind kind, HintUse onHeadless) {
        return kind == ServiceKind.HEADLESS ? onHeadless : this;
    }
}
