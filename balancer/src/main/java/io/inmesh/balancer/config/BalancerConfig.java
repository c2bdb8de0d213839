package io.inmesh.balancer.config;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How one service is balanced, once every level has been heard.
 *
 * @param policy the name of the balancing policy; default {@value #DEFAULT_POLICY}. Others: see the README's table
 * @param policySettings what policies are told besides their names, by key: {@code POLICY.SETTING}; those of other policies wait until
 *     theirs is named
 */
public record BalancerConfig(String policy, Map<String, String> policySettings) {

    /** The policy unless another is named. */
    public static final String DEFAULT_POLICY = "power-of-two";

    /** Key of {@link #policy}, in all four places: code, properties, annotation, gRPC JSON. */
    public static final String POLICY = "policy";

    /** Brings the name to its one spelling. */
    public BalancerConfig {
        policySettings = Map.copyOf(policySettings);
        policy = Names.normalize(policy);
        if (policy.isEmpty()) {
            throw new IllegalArgumentException(POLICY + ": '' (expected: the name of a balancing policy)");
        }
    }

    /** Every key there is. */
    public static Set<String> keys() {
        Set<String> keys = new HashSet<>(PolicyKeys.keys());
        keys.add(POLICY);
        return keys;
    }
}
