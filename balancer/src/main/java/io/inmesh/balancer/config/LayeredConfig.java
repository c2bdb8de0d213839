package io.inmesh.balancer.config;

import io.inmesh.api.LoadBalancer;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A configuration and, for each key, the level that won it.
 *
 * @param config what holds
 * @param values what was said, as text by key: the same configuration as gRPC's JSON carries it
 * @param sources the winning level by key
 * @param affinityOverridden whether the Service's session affinity does not count because a policy was named for this service and nothing was
 *     said of affinity (rule Y-6)
 */
public record LayeredConfig(
        BalancerConfig config,
        Map<String, String> values,
        Map<String, SettingLevel> sources,
        boolean affinityOverridden) {
    private static final String AFFINITY = AffinityConfig.ROOM + "." + AffinityConfig.MODE;

    private static final String LOCALITY = LocalityConfig.ROOM + "." + LocalityConfig.MODE;

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
        // Said in so many words: gRPC's JSON names a policy in any case, and is read as one level.
        values.put(AFFINITY, PolicySettings.spelling(AffinityConfig.Mode.SERVICE));
        sources.put(AFFINITY, SettingLevel.BUILT_IN);
        SettingLevel[] strongestFirst = SettingLevel.values();
        for (int i = strongestFirst.length - 1; i >= 0; i--) {
            SettingLevel level = strongestFirst[i];
            levels.getOrDefault(level, Settings.NONE).values().forEach((key, value) -> {
                values.put(key, value);
                sources.put(key, level);
            });
        }
        SettingLevel policySource = Objects.requireNonNull(sources.get(BalancerConfig.POLICY), BalancerConfig.POLICY);
        boolean overridden = policySource.speaksOfOneService() && sources.get(AFFINITY) == SettingLevel.BUILT_IN; // Y-6
        if (overridden) {
            values.put(AFFINITY, PolicySettings.spelling(AffinityConfig.Mode.OFF));
            sources.put(AFFINITY, policySource);
        }
        settleNodeLocal(policySource, values, sources);
        return new LayeredConfig(BalancerConfig.of(values), values, sources, overridden);
    }

    /** A policy that is a mode of locality, too: where a weaker level has said another mode, the stronger one's policy holds. */
    private static void settleNodeLocal(
            SettingLevel policySource, Map<String, String> values, Map<String, SettingLevel> sources) {
        SettingLevel modeSource = sources.get(LOCALITY);
        boolean nodeLocal = BalancerConfig.NODE_LOCAL.equals(
                Names.normalize(values.getOrDefault(BalancerConfig.POLICY, BalancerConfig.DEFAULT_POLICY)));
        if (nodeLocal && modeSource != null && modeSource.compareTo(policySource) > 0) {
            values.put(LOCALITY, PolicySettings.spelling(LocalityConfig.Mode.NODE));
            sources.put(LOCALITY, policySource);
        }
    }

    /** Each value with the level that won it, by key in alphabetical order; for people. */
    public Map<String, LoadBalancer.Setting> said() {
        Map<String, LoadBalancer.Setting> said = new TreeMap<>();
        values.forEach((key, value) -> {
            SettingLevel level = sources.getOrDefault(key, SettingLevel.BUILT_IN);
            said.put(key, new LoadBalancer.Setting(value, level.label()));
        });
        return Collections.unmodifiableMap(said);
    }

    /** The level that named the policy. */
    public SettingLevel policySource() {
        return Objects.requireNonNull(sources.get(BalancerConfig.POLICY), BalancerConfig.POLICY);
    }
}
