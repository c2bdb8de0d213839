package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.inmesh.api.Internal;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.engine.Policies;
import java.util.Map;
import java.util.TreeMap;

/**
 * The gRPC policy {@code inmesh}: every balancing policy of ours over gRPC's subchannels. Configured in JSON by the keys of all other places:
 * {@code {"inmesh": {"policy": "round-robin"}}}. Found by gRPC's service loader; not to be used otherwise.
 */
@Internal
public final class InmeshPolicy extends LoadBalancerProvider {
    /** The policy's name in service configs. */
    static final String NAME = "inmesh";

    private static final int PRIORITY = 5;

    /** What a configuration comes to. */
    record Config(PickerFactory factory) {}

    /** Loaded once, so that equal configurations name the same factory and a sequence goes on across updates. */
    private final Policies policies = Policies.load();

    /** For the service loader. */
    public InmeshPolicy() {}

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public int getPriority() {
        return PRIORITY;
    }

    @Override
    public String getPolicyName() {
        return NAME;
    }

    @Override
    public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
        return new InmeshLoadBalancer(helper);
    }

    @Override
    public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> json) {
        try {
            Map<String, String> values = new TreeMap<>();
            json.forEach((key, value) -> values.put(key, String.valueOf(value)));
            String policy =
                    new Settings(values).values().getOrDefault(BalancerConfig.POLICY, BalancerConfig.DEFAULT_POLICY);
            return ConfigOrError.fromConfig(new Config(policies.named(policy)));
        } catch (IllegalArgumentException e) {
            return ConfigOrError.fromError(Status.INVALID_ARGUMENT
                    .withDescription("policy " + NAME + ": " + e.getMessage())
                    .withCause(e));
        }
    }

    /** The configuration as a service config carries it. */
    static Map<String, ?> toServiceConfig(LayeredConfig config) {
        return Map.of(NAME, Map.of(BalancerConfig.POLICY, config.config().policy()));
    }
}
