package io.inmesh.resolver.kubernetes.object;

import org.jspecify.annotations.Nullable;

/** {@code spec.type} of a Service; whether it is headless is said elsewhere (rules S-1, S-2). */
public enum ServiceType {
    CLUSTER_IP("ClusterIP"),
    /** Includes ClusterIP. */
    NODE_PORT("NodePort"),
    /** Includes NodePort unless node ports are not allocated. */
    LOAD_BALANCER("LoadBalancer"),
    EXTERNAL_NAME("ExternalName");

    private final String apiName;

    ServiceType(String apiName) {
        this.apiName = apiName;
    }

    /** Reads a type; absent means ClusterIP (rule S-1), and so does one that is not known here, which has endpoints like any other. */
    static ServiceType named(@Nullable String apiName) {
        for (ServiceType type : values()) {
            if (type.apiName.equals(apiName)) {
                return type;
            }
        }
        return CLUSTER_IP;
    }

    @Override
    public String toString() {
        return apiName;
    }
}
