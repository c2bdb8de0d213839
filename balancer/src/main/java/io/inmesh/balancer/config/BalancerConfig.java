package io.inmesh.balancer.config;

import java.util.Set;

/**
 * How one service is balanced, once every level has been heard.
 *
 * @param policy the name of the balancing policy; default {@value #DEFAULT_POLICY}. Others: see the README's table
 */
public record BalancerConfig(String policy) {

    /** The policy unless another is named. */
    public static final String DEFAULT_POLICY = "power-of-two";

    /** Key of {@link #policy}, in all four places: code, properties, annotation, gRPC JSON. */
    public static final String POLICY = "policy";

    /** Brings the name to its one spelling. */
    public BalancerConfig {
        policy = Names.normalize(policy);
        if (policy.isEmpty()) {
            throw new IllegalArgumentException(POLICY + ": '' (expected: the name of a balancing policy)");
        }
    }

    /** Every key there is. */
    public static Set<String> keys() {
        return Set.of(POLICY);
    }
}
