package io.inmesh.balancer.config;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A configuration and, for each key, the level that won it.
 *
 * @param config what holds
 * @param values what was said, as text by key: the same configuration as gRPC's JSON carries it
 * @param sources the winning level by key
 */
public record LayeredConfig(BalancerConfig config, Map<String, String> values, Map<String, SettingLevel> sources) {
    private static final String AFFINITY = AffinityConfig.ROOM + "." + AffinityConfig.MODE;

    /** Copies both. */
    public LayeredConfig {
        values = Map.copyOf(values);
        sources = Map.copyOf(sources);
    }

    /** Hears every level: for each key the strongest one that names it wins, the built-in default if none does. */
    public static LayeredConfig of(Map<SettingLevel, Settings> levels) {
        Map<String, String> values = new TreeMap<>();
        Map<String, SettingLevel> sources = new TreeMap<>();
        values.put(BalancerConfig.POLICY, BalancerConfig.DEFAULT_POLICY);
        sources.put(BalancerConfig.POLICY, SettingLevel.BUILT_IN);
        SettingLevel[] strongestFirst = SettingLevel.values();
        for (int i = strongestFirst.length - 1; i >= 0; i--) {
            SettingLevel level = strongestFirst[i];
            levels.getOrDefault(level, Settings.NONE).values().forEach((key, value) -> {
                values.put(key, value);
                sources.put(key, level);
            });
        }
        SettingLevel policySource = Objects.requireNonNull(sources.get(BalancerConfig.POLICY), BalancerConfig.POLICY);
        if (policySource.speaksOfOneService() && !values.containsKey(AFFINITY)) { // Y-6
            values.put(AFFINITY, PolicySettings.spelling(AffinityConfig.Mode.OFF));
            sources.put(AFFINITY, policySource);
        }
        return new LayeredConfig(BalancerConfig.of(values), values, sources);
    }

    /** The level that named the policy. */
    public SettingLevel policySource() {
        return Objects.requireNonNull(sources.get(BalancerConfig.POLICY), BalancerConfig.POLICY);
    }
}
