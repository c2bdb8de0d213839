package io.inmesh.spring;

import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.engine.ApplicationSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What properties say of services, by the names under which a mesh finds it.
 *
 * @param defaults settings for all services
 * @param services settings by name or pattern
 */
record ServiceSettings(Map<String, String> defaults, Map<String, Map<String, String>> services) {

    /** Copies. */
    ServiceSettings {
        defaults = Map.copyOf(defaults);
        services = Map.copyOf(services);
    }

    /** What a mesh goes by. */
    static ServiceSettings of(ApplicationSettings.Said said) {
        Map<String, Map<String, String>> services = new HashMap<>();
        said.services().forEach((name, settings) -> services.put(name, settings.values()));
        return new ServiceSettings(said.defaults().values(), services);
    }

    /** What these say otherwise than those did, for people. */
    Set<String> changedSince(ServiceSettings before) {
        Set<String> names = new TreeSet<>(services.keySet());
        names.addAll(before.services.keySet());
        names.removeIf(name -> Objects.equals(services.get(name), before.services.get(name)));
        if (!defaults.equals(before.defaults)) {
            names.add("defaults");
        }
        return names;
    }

    /**
     * These in place of what the properties said before, beside what the application's code said to the mesh's builder. Defaults that code has
     * replaced stay its own.
     *
     * @param mesh what the mesh goes by now
     * @throws IllegalArgumentException if code speaks of a service that these speak of
     */
    ServiceSettings over(ServiceSettings before, ApplicationSettings.Said mesh) {
        boolean ofCode = !mesh.defaults().equals(new Settings(before.defaults));
        Map<String, Map<String, String>> all = new HashMap<>();
        mesh.services().forEach((name, settings) -> {
            if (!before.services.containsKey(name)) {
                all.put(name, settings.values());
            }
        });
        services.forEach((name, settings) -> {
            if (all.putIfAbsent(name, settings) != null) {
                throw new IllegalArgumentException(
                        "service '" + name + "' is configured by the application's code (expected: in one place)");
            }
        });
        return new ServiceSettings(ofCode ? mesh.defaults().values() : defaults, all);
    }
}
