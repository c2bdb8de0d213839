package io.inmesh.balancer.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one level says: keys of {@link BalancerConfig#keys()} and their values as text.
 *
 * @param values the values by key
 */
public record Settings(Map<String, String> values) {

    /** A level that says nothing. */
    public static final Settings NONE = new Settings(Map.of());

    /**
     * Brings keys to their one spelling.
     *
     * @throws IllegalArgumentException if a key is unknown, with the nearest and all valid ones, or given twice
     */
    public Settings {
        Map<String, String> checked = new TreeMap<>();
        values.forEach((key, value) -> {
            String name = Names.normalize(key);
            if (!BalancerConfig.isKey(name)) {
                throw Names.unknown("setting", key, BalancerConfig.keys());
            }
            if (checked.putIfAbsent(name, value) != null) {
                throw new IllegalArgumentException(
                        "setting '" + name + "' is given twice (expected: once, in one spelling)");
            }
        });
        values = Collections.unmodifiableMap(checked);
    }

    /** These settings, and those of another level's part where this one is silent. */
    public Settings orElse(Settings weaker) {
        Map<String, String> merged = new TreeMap<>(weaker.values);
        merged.putAll(values);
        return new Settings(merged);
    }
}
