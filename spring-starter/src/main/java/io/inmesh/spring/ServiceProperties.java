package io.inmesh.spring;

import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.Names;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * What {@code inmesh.defaults.*} and {@code inmesh.services.*} say. Read flat, not as nested objects, for two reasons: the keys are one
 * list for properties, annotations and code ({@link BalancerConfig#keys()}), and names of services contain dots, so that in {@code
 * inmesh.services.orders.shop.policy} only the known key at the end tells where the name ends. Brackets around the name are understood too. Keys
 * are known without their dashes and dots, which environment variables cannot tell from each other. Lists are texts between commas here.
 *
 * @param defaults settings for all services
 * @param services by service name as written: its settings
 */
record ServiceProperties(Map<String, String> defaults, Map<String, Service> services) {

    /** Key of {@link Service#port}. Not among the balancer's own keys: a target names its port itself, only a URL may leave it out. */
    static final String PORT = "port";

    /** Key of {@link Service#endpoints}. */
    static final String ENDPOINTS = "endpoints";

    /** Key of {@link Service#target}. */
    static final String TARGET = "target";

    private static final String DEFAULTS = InmeshProperties.PREFIX + ".defaults";
    private static final String SERVICES = InmeshProperties.PREFIX + ".services";
    /** What may be written as a list, as well as between commas. The metadata offers a list for these. */
    static final Set<String> LISTS = Set.of(ENDPOINTS, "key.from", "priority.zones", "weight.metrics");

    /** All keys, by what of them every source of properties can say. */
    private static final Map<String, String> DEFAULT_KEYS = byUniform(BalancerConfig.keys().stream());

    private static final Map<String, String> SERVICE_KEYS =
            byUniform(Stream.concat(BalancerConfig.keys().stream(), Stream.of(PORT, ENDPOINTS, TARGET)));

    /** What a property sets. */
    private record Setting(String service, String key) {}

    /**
     * What is said of one service.
     *
     * @param port the service port to use where a URL names none, by number or name, or null
     * @param endpoints HOST:PORT between commas, used instead of what the cluster has, or null
     * @param target the service in the cluster that is meant, or null if it is the one of this name
     * @param settings the balancer's settings
     */
    record Service(
            @Nullable String port,
            @Nullable String endpoints,
            @Nullable String target,
            Map<String, String> settings) {

        /** The key of something that is said, for refusals of the name itself. */
        String anyKey() {
            if (port != null) {
                return PORT;
            }
            if (endpoints != null) {
                return ENDPOINTS;
            }
            return target != null ? TARGET : settings.keySet().iterator().next();
        }

        /** What is said under {@link #anyKey()}. */
        @Nullable
        String anyValue() {
            return Stream.of(port, endpoints, target)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseGet(() -> settings.get(anyKey()));
        }
    }

    /**
     * Reads them.
     *
     * @throws InvalidPropertyException if a key is unknown
     */
    static ServiceProperties read(Environment environment) {
        WrittenProperties written = new WrittenProperties(environment);
        SettingProperties properties = new SettingProperties(Binder.get(environment), written);
        Map<String, String> defaults = properties.read(
                DEFAULTS,
                entry -> DEFAULT_KEYS.get(uniform(entry)),
                key -> key,
                entry -> unknown("setting", entry, BalancerConfig.keys()));
        Map<Setting, String> settings = properties.read(
                SERVICES,
                ServiceProperties::settingOf,
                Setting::key,
                entry -> unknown("setting", entry.substring(entry.lastIndexOf('.') + 1), SERVICE_KEYS.values()));
        return new ServiceProperties(defaults, services(settings));
    }

    private static Map<String, Service> services(Map<Setting, String> all) {
        Map<String, Map<String, String>> byName = new TreeMap<>();
        all.forEach((setting, value) ->
                byName.computeIfAbsent(setting.service, n -> new TreeMap<>()).put(setting.key, value));
        Map<String, Service> services = new LinkedHashMap<>();
        byName.forEach((name, settings) -> services.put(
                name,
                new Service(settings.remove(PORT), settings.remove(ENDPOINTS), settings.remove(TARGET), settings)));
        return services;
    }

    /** The properties that hold from start to end and say something else here than there, as in {@code inmesh.services.orders.port}. */
    Set<String> fixedSince(ServiceProperties before) {
        Set<String> names = new TreeSet<>(services.keySet());
        names.addAll(before.services.keySet());
        Set<String> changed = new TreeSet<>();
        for (String name : names) {
            Map<String, String> then = fixed(before.services.get(name));
            fixed(services.get(name)).forEach((key, value) -> {
                if (!value.equals(then.get(key))) {
                    changed.add(SERVICES + "." + name + "." + key);
                }
            });
        }
        return changed;
    }

    private static Map<String, String> fixed(@Nullable Service service) {
        return Map.of(
                PORT, service == null ? "" : Objects.requireNonNullElse(service.port, ""),
                ENDPOINTS, service == null ? "" : Objects.requireNonNullElse(service.endpoints, ""),
                TARGET, service == null ? "" : Objects.requireNonNullElse(service.target, ""));
    }

    /** What the entry sets: the longest known key that it ends with, whose name is before it; null if there is none. */
    private static @Nullable Setting settingOf(String entry) {
        for (int dot = entry.indexOf('.'); dot >= 0; dot = entry.indexOf('.', dot + 1)) {
            String key = SERVICE_KEYS.get(uniform(entry.substring(dot + 1)));
            if (key != null && dot > 0) {
                return new Setting(entry.substring(0, dot), key);
            }
        }
        return null;
    }

    /** A key without what environment variables cannot say: there {@code eject.max-percent} is EJECT_MAX_PERCENT or EJECT_MAXPERCENT. */
    private static String uniform(String key) {
        return Names.normalize(key).replace("-", "").replace(".", "");
    }

    private static Map<String, String> byUniform(Stream<String> keys) {
        return keys.collect(Collectors.toUnmodifiableMap(ServiceProperties::uniform, key -> key));
    }

    private static String unknown(String what, String name, Collection<String> valid) {
        return String.valueOf(Names.unknown(what, name, valid).getMessage());
    }

    /** The property of a setting for all services. */
    static ConfigurationPropertyName ofDefault(String key) {
        return nameOf(DEFAULTS, key);
    }

    /** The property of a setting for one service, in the spelling that finds where it was written. */
    static ConfigurationPropertyName ofService(WrittenProperties written, String service, String key) {
        ConfigurationPropertyName bracketed = ConfigurationPropertyName.of(SERVICES)
                .append("[" + service + "]")
                .append(key);
        List<ConfigurationPropertyName> spellings =
                Stream.of(nameOf(SERVICES, service + "." + key), bracketed).toList();
        return spellings.stream()
                .filter(name -> written.find(name) != null)
                .findFirst()
                .orElse(bracketed);
    }

    private static ConfigurationPropertyName nameOf(String prefix, String entry) {
        return ConfigurationPropertyName.adapt(prefix + "." + entry, '.');
    }
}
