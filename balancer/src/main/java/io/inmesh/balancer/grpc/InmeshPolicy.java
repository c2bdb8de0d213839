package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.inmesh.api.Internal;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.config.SettingLevel;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.engine.Policies;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC policy {@code inmesh}: every balancing policy of ours over gRPC's subchannels. Configured in JSON by the keys of all other places:
 * {@code {"inmesh": {"policy": "round-robin"}}}. Found by gRPC's service loader; not to be used otherwise.
 */
@Internal
public final class InmeshPolicy extends LoadBalancerProvider {
    /** The policy's name in service configs. */
    static final String NAME = "inmesh";

    private static final int PRIORITY = 5;

    /** What a configuration comes to; the channel's mesh knows the policies. */
    record Config(LayeredConfig told) {
        /** Of a channel whose service config says nothing of it. */
        static final Config DEFAULT = new Config(LayeredConfig.of(Map.of(SettingLevel.CODE, Settings.NONE)));
    }

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
        return WatchedHealth.policyFor(helper);
    }

    @Override
    public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> json) {
        try {
            Map<String, String> values = new TreeMap<>();
            flatten("", json, values);
            Settings settings = new Settings(values);
            (json instanceof Checked checked ? checked.by : policies).check(settings.values());
            return ConfigOrError.fromConfig(new Config(LayeredConfig.of(Map.of(SettingLevel.CODE, settings))));
        } catch (IllegalArgumentException e) {
            return ConfigOrError.fromError(Status.INVALID_ARGUMENT
                    .withDescription("policy " + NAME + ": " + e.getMessage())
                    .withCause(e));
        }
    }

    /** {@code {"power-of-two": {"choices": 3}}} is {@code power-of-two.choices}. */
    private static void flatten(String prefix, Map<?, ?> json, Map<String, String> values) {
        json.forEach((key, value) -> {
            if (value instanceof Map<?, ?> object) {
                flatten(prefix + key + ".", object, values);
            } else {
                values.put(prefix + key, textOf(prefix + key, value));
            }
        });
    }

    /** A list is written as everywhere else, with commas. */
    private static String textOf(String key, @Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(each -> wordOf(key, each)).collect(Collectors.joining(","))
                : wordOf(key, value);
    }

    /** A whole number is written without a point. */
    private static String wordOf(String key, @Nullable Object value) {
        if (value instanceof Double number && number == Math.rint(number)) {
            return String.valueOf(number.longValue());
        }
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        throw new IllegalArgumentException(
                key + ": " + value + " (expected: a text, a number, true or false, or a list of these)");
    }

    /**
     * Settings as a service config carries them.
     *
     * @param by the policies of the channel's mesh, which may know more than this object, of which there is one for all
     */
    static Map<String, ?> toServiceConfig(Map<String, String> settings, Policies by) {
        return Map.of(NAME, new Checked(settings, by));
    }

    /** Equal to any map of those settings. gRPC hands to a policy what it finds under its name, not a copy. */
    private static final class Checked extends AbstractMap<String, String> {
        private final Map<String, String> settings;
        private final Policies by;

        private Checked(Map<String, String> settings, Policies by) {
            this.settings = Map.copyOf(settings);
            this.by = by;
        }

        @Override
        public Set<Map.Entry<String, String>> entrySet() {
            return settings.entrySet();
        }
    }
}
