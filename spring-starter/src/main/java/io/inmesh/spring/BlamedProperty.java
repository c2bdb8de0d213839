package io.inmesh.spring;

import io.inmesh.balancer.engine.Policies;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Finds the property to which the refusal of settings belongs: several may contradict each other, and then one of them is shown. */
final class BlamedProperty {
    /** How the mesh says which level it refuses, and by which key. */
    private static final Pattern REFUSAL =
            Pattern.compile("settings for (?:all services|service (\\S+)): (([a-z0-9.-]+): .*)", Pattern.DOTALL);

    private final ServiceProperties services;
    private final WrittenProperties written;

    /** The names as written, by those under which the mesh finds the services. Of whoever puts the mesh together, one thread. */
    private final Map<String, String> writtenNames = new HashMap<>();

    BlamedProperty(ServiceProperties services, WrittenProperties written) {
        this.services = services;
        this.written = written;
    }

    /** Hears under which name the mesh finds what was written under another. */
    void found(String canonical, String name) {
        writtenNames.put(canonical, name);
    }

    /** Refuses settings of all services that cannot be meant. */
    void checkDefaults(Policies policies) {
        check(policies, services.defaults(), ServiceProperties::ofDefault);
    }

    /** Refuses settings of one service that cannot be meant, beside those of all. */
    void checkService(Policies policies, String name, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(services.defaults());
        all.putAll(settings);
        check(
                policies,
                all,
                key -> settings.containsKey(key)
                        ? ServiceProperties.ofService(written, name, key)
                        : ServiceProperties.ofDefault(key));
    }

    private void check(
            Policies policies, Map<String, String> settings, Function<String, ConfigurationPropertyName> property) {
        String refusal = refusal(policies, settings);
        if (refusal != null) {
            String key = keyOf(policies, settings, refusal);
            throw written.refusal(property.apply(key), settings.get(key), refusal);
        }
    }

    private static String keyOf(Policies policies, Map<String, String> settings, String refusal) {
        for (Map.Entry<String, String> each : settings.entrySet()) {
            boolean alone = refusal.equals(refusal(policies, Map.of(each.getKey(), each.getValue())));
            if (alone || refusal.startsWith(each.getKey() + ":")) {
                return each.getKey();
            }
        }
        return settings.keySet().iterator().next(); // Named otherwise in the words themselves.
    }

    private static @Nullable String refusal(Policies policies, Map<String, String> settings) {
        try {
            policies.check(settings);
            return null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** What the mesh has refused, told of the property that says it; itself where no property does. */
    RuntimeException of(IllegalArgumentException refused) {
        Matcher found = REFUSAL.matcher(String.valueOf(refused.getMessage()));
        if (!found.matches()) {
            return refused;
        }
        String service = found.group(1);
        String reason = found.group(2);
        String key = found.group(3);
        return service == null ? ofAll(refused, key, reason) : ofOne(refused, service, key, reason);
    }

    private RuntimeException ofAll(IllegalArgumentException refused, String key, String reason) {
        String said = services.defaults().get(key);
        return said == null ? refused : written.refusal(ServiceProperties.ofDefault(key), said, reason);
    }

    private RuntimeException ofOne(IllegalArgumentException refused, String service, String key, String reason) {
        String name = writtenNames.getOrDefault(service, service);
        ServiceProperties.Service one = services.services().get(name);
        String said = one == null ? null : one.settings().get(key);
        return said == null ? refused : written.refusal(ServiceProperties.ofService(written, name, key), said, reason);
    }
}
