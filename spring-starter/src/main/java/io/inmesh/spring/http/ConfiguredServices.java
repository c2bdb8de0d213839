package io.inmesh.spring.http;

import io.inmesh.api.ServiceName;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The services that the application's properties name: hosts of these names are ours without a lookup.
 *
 * @param ports by name ({@code orders}, {@code orders.shop}, in lower case) the port to use where a URL names none, empty if none is said
 */
public record ConfiguredServices(Map<String, Optional<String>> ports) {

    /** Copies. */
    public ConfiguredServices {
        ports = Map.copyOf(ports);
    }

    /** Nothing is configured. */
    public static ConfiguredServices none() {
        return new ConfiguredServices(Map.of());
    }

    /** True if that name is configured as typed, or by service and namespace. */
    boolean contains(ServiceName name) {
        return ports.containsKey(name.typed()) || ports.containsKey(qualified(name));
    }

    /** The configured port, or null; the most exact name wins, and a service's name alone speaks for all namespaces, as for settings. */
    @Nullable
    String portOf(ServiceName name) {
        return Stream.of(name.typed(), qualified(name), name.service())
                .map(each -> ports.getOrDefault(each, Optional.empty()))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    private static String qualified(ServiceName name) {
        return name.namespace() == null ? name.service() : name.service() + "." + name.namespace();
    }
}
