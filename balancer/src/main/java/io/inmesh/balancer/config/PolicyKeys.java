package io.inmesh.balancer.config;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.find.Providers;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys by which policies are told more than their name: {@code POLICY.SETTING}, such as {@code power-of-two.choices}. */
final class PolicyKeys {
    /** Settings of the built-in policies; a test holds this list to the policies themselves, which stand above this room. */
    private static final Map<String, List<String>> BUILT_IN = Map.ofEntries(
            Map.entry("round-robin", List.of("exact")),
            Map.entry("weighted-round-robin", List.of("sequence", "exact")),
            Map.entry("power-of-two", List.of("choices")),
            Map.entry("peak-ewma", List.of("choices", "default-rtt")),
            Map.entry("prequal", List.of("probes", "removed", "reuse", "pool", "age", "quantile")),
            Map.entry("least-connection", List.of("exact", "ties")),
            Map.entry("wlc", List.of("exact", "ties")),
            Map.entry("sed", List.of("exact", "ties")),
            Map.entry("nq", List.of("exact", "ties")),
            Map.entry("ovf", List.of("strict")),
            Map.entry("lblc", List.of("entries", "ties")),
            Map.entry("lblcr", List.of("entries", "ties", "expiration")),
            Map.entry("first", List.of("shuffle")),
            Map.entry("destination-hash", List.of("table", "size", "load-factor")),
            Map.entry("ring-hash", List.of("sizing", "min-size", "max-size", "load-factor")),
            Map.entry("rendezvous", List.of("load-factor")),
            Map.entry("dh", List.of("strict")),
            Map.entry("source-hash", List.of("source", "strict")));

    private PolicyKeys() {}

    /** Those of the built-in policies. */
    static Set<String> builtIn() {
        Set<String> keys = new HashSet<>();
        BUILT_IN.forEach((policy, settings) -> settings.forEach(setting -> keys.add(policy + "." + setting)));
        return keys;
    }

    /** Those of the policies on the class path, as this thread sees it: what others see may be more, or less. */
    static Set<String> found() {
        Set<String> keys = new HashSet<>();
        for (PickerFactory factory : Providers.of(PickerFactory.class)) {
            factory.settings().forEach(setting -> keys.add(Names.normalize(factory.name() + "." + setting)));
        }
        return keys;
    }
}
