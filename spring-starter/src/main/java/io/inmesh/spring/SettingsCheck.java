package io.inmesh.spring;

import io.inmesh.balancer.engine.Policies;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Looks at the settings of a service together, since some go by each other, as a timeout that is to be no longer than its interval.
 *
 * @param policies that there are
 * @param written where properties were found
 */
record SettingsCheck(Policies policies, WrittenProperties written) {

    /**
     * Refuses what no service can be balanced by. Named is the setting that is wrong by itself, or else the one that is found to contradict another.
     *
     * @param settings of one service
     * @param defaults what holds besides
     * @param property under which name a key was written
     * @throws InvalidPropertyException if they are refused
     */
    void refuseBad(
            Map<String, String> settings,
            Map<String, String> defaults,
            Function<String, ConfigurationPropertyName> property) {
        Map<String, String> all = new HashMap<>(defaults);
        all.putAll(settings);
        String why = settings.isEmpty() ? null : refusal(all);
        if (why == null) {
            return;
        }
        settings.forEach((key, value) -> {
            String whyAlone = refusal(Map.of(key, value));
            if (whyAlone != null) {
                throw written.refusal(property.apply(key), value, whyAlone);
            }
        });
        String key = settings.keySet().stream()
                .filter(why::startsWith)
                .findFirst()
                .orElseGet(() -> settings.keySet().iterator().next());
        throw written.refusal(property.apply(key), String.valueOf(settings.get(key)), why);
    }

    private @Nullable String refusal(Map<String, String> settings) {
        try {
            policies.check(settings);
            return null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
