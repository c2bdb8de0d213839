package io.inmesh.resolver.kubernetes;

import io.inmesh.resolver.kubernetes.KubernetesConfig.Family;
import io.inmesh.resolver.kubernetes.KubernetesConfig.Network;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a {@link KubernetesConfig} from system properties and environment variables. Used once. */
final class ConfigReader {
    static final String PROPERTY_PREFIX = "inmesh.kubernetes.";
    private static final String VARIABLE_PREFIX = "INMESH_KUBERNETES_";
    private static final List<String> KEYS = List.of(
            "namespace", "cluster-domain", "node-name", "zone", "network", "family", "kubeconfig", "master-url");

    private final Map<String, String> properties;
    private final Map<String, String> environment;

    ConfigReader(Map<String, String> properties, Map<String, String> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    KubernetesConfig read() {
        refuseUnknownKeys();
        String nodeName = value("node-name");
        return new KubernetesConfig(
                value("namespace"),
                value("cluster-domain"),
                nodeName == null ? said(environment.get("NODE_NAME")) : nodeName, // L-8
                value("zone"),
                word("network", Network.values(), Network.AUTO),
                word("family", Family.values(), Family.AUTO),
                kubeconfig(),
                masterUrl());
    }

    private void refuseUnknownKeys() {
        for (String name : properties.keySet()) {
            if (name.startsWith(PROPERTY_PREFIX) && !KEYS.contains(name.substring(PROPERTY_PREFIX.length()))) {
                throw new IllegalArgumentException("system property " + name + " is unknown (expected: "
                        + PROPERTY_PREFIX + "KEY, KEY one of " + String.join(", ", KEYS) + ")");
            }
        }
    }

    private @Nullable String value(String key) {
        String property = said(properties.get(PROPERTY_PREFIX + key));
        return property != null
                ? property
                : said(environment.get(
                        VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_')));
    }

    /** Deployments often leave variables empty: that says nothing. */
    private static @Nullable String said(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.trim();
    }

    private <E extends Enum<E>> E word(String key, E[] words, E otherwise) {
        String value = value(key);
        if (value == null) {
            return otherwise;
        }
        Function<E, String> typed = word -> word.name().toLowerCase(Locale.ROOT);
        return Arrays.stream(words)
                .filter(word -> typed.apply(word).equals(value.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> KubernetesConfig.refusal(
                        key, value, Arrays.stream(words).map(typed).collect(Collectors.joining(", "))));
    }

    private @Nullable Path kubeconfig() {
        String value = value("kubeconfig");
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw KubernetesConfig.refusal("kubeconfig", value, "a file's path; " + e.getReason());
        }
    }

    private @Nullable URI masterUrl() {
        String value = value("master-url");
        try {
            return value == null ? null : new URI(value);
        } catch (URISyntaxException e) {
            throw KubernetesConfig.refusal("master-url", value, "a URL, as in http://127.0.0.1:8001; " + e.getReason());
        }
    }
}
