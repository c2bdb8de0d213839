package io.inmesh.resolver.kubernetes.object;

/** What a Service means for a client in the pod network (group S). */
public enum ServiceKind {
    /** ClusterIP, NodePort or LoadBalancer, allocated or not yet (rules S-1, S-2). */
    VIRTUAL_IP,
    /** {@code clusterIP: None} (rule S-2). */
    HEADLESS,
    /** An alias, even with a stray cluster IP (rule S-3). */
    EXTERNAL_NAME
}
