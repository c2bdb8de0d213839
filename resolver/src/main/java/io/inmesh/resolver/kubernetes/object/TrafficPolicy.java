package io.inmesh.resolver.kubernetes.object;

import org.jspecify.annotations.Nullable;

/** Which endpoints of a port traffic may go to (group L). */
public enum TrafficPolicy {
    /** Those of all nodes; the default. */
    CLUSTER,
    /** Those of the node that the traffic is on, and no others (rule L-3). */
    LOCAL;

    /** Reads {@code internalTrafficPolicy} or {@code externalTrafficPolicy}; absent means Cluster (rule L-1). */
    public static TrafficPolicy named(@Nullable String apiName) {
        return "Local".equals(apiName) ? LOCAL : CLUSTER;
    }
}
