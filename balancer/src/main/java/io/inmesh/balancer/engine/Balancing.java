package io.inmesh.balancer.engine;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.LocalityConfig;

/**
 * How a target is to be balanced: its configuration, and the policy that this names, with its settings.
 *
 * @param config what holds
 * @param policy what makes pickers
 */
public record Balancing(BalancerConfig config, PickerFactory policy) {

    /** True if a stage goes by the other callers. */
    public boolean asksForPeers() {
        return config.locality().mode() == LocalityConfig.Mode.ZONE_AWARE
                || config.subset().mode().goesByRank()
                || asksForOwnPlace();
    }

    /** True if the other callers decide which endpoints are used at all, so that a door of lasting connections asks for them first. */
    public boolean choosesByPeers() {
        boolean ownNodeOnly = config.locality().mode() == LocalityConfig.Mode.NODE
                && config.locality().strict();
        return config.subset().mode().goesByRank() || ownNodeOnly;
    }

    /** Where this process runs may be told by its own service's endpoint alone. */
    private boolean asksForOwnPlace() {
        boolean tiers = config.locality().mode() == LocalityConfig.Mode.NODE;
        return tiers || config.priority().namesOwn();
    }

    /** The name that people know it by; {@code node-local} only while that is so, since {@code locality.mode} may say otherwise. */
    public String name() {
        boolean nodeLocal = config.policy().equals(BalancerConfig.NODE_LOCAL)
                && config.locality().mode() == LocalityConfig.Mode.NODE;
        return nodeLocal ? BalancerConfig.NODE_LOCAL : policy.name();
    }
}
