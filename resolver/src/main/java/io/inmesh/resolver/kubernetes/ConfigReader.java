package io.inmesh.resolver.kubernetes;

import io.inmesh.resolver.kubernetes.KubernetesConfig.Family;
import io.inmesh.resolver.kubernetes.KubernetesConfig.Network;
import io.inmesh.resolver.kubernetes.KubernetesReading.Hints;
import io.inmesh.resolver.kubernetes.KubernetesReading.Source;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a {@link KubernetesConfig} from system properties and environment variables. Used once. */
final class ConfigReader {
    static final String PROPERTY_PREFIX = "inmesh.kubernetes.";
    private static final String VARIABLE_PREFIX = "INMESH_KUBERNETES_";
    private static final List<String> KEYS = List.of(
            "namespace",
            "cluster-domain",
            "node-name",
            "zone",
            "network",
            "family",
            "kubeconfig",
            "master-url",
            "source",
            "hints",
            "headless-hints",
            "pod-weights",
            "watch-silence",
            "single-watches",
            "lookup-interval",
            "snapshots");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private final Map<String, String> properties;
    private final Map<String, String> environment;

    ConfigReader(Map<String, String> properties, Map<String, String> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    KubernetesConfig read() {
        refuseUnknownKeys();
        String nodeName = value("node-name");
        String zone = value("zone");
        return new KubernetesConfig(
                value("namespace"),
                value("cluster-domain"),
                nodeName == null ? said(environment.get("NODE_NAME")) : nodeName, // L-8
                zone == null ? said(environment.get("NODE_ZONE")) : zone, // T-10
                word("network", Network.values(), Network.AUTO),
                word("family", Family.values(), Family.AUTO),
                path("kubeconfig"),
                masterUrl(),
                reading(),
                watching());
    }

    private KubernetesReading reading() {
        KubernetesReading otherwise = KubernetesReading.DEFAULT;
        String weights = value("pod-weights");
        return new KubernetesReading(
                word("source", Source.values(), otherwise.source()),
                word("hints", Hints.values(), otherwise.hints()),
                word("headless-hints", Hints.values(), otherwise.headlessHints()),
                weights == null ? otherwise.podWeights() : weights);
    }

    private KubernetesWatching watching() {
        KubernetesWatching otherwise = KubernetesWatching.DEFAULT;
        return new KubernetesWatching(
                duration("watch-silence", otherwise.watchSilence()),
                number("single-watches", otherwise.singleWatches()),
                duration("lookup-interval", otherwise.lookupInterval()),
                path("snapshots"));
    }

    private int number(String key, int otherwise) {
        String value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,9}")) {
            throw KubernetesConfig.refusal(key, value, "a whole number");
        }
        return Integer.parseInt(value);
    }

    private Duration duration(String key, Duration otherwise) {
        String value = value(key);
        if (value == null) {
            return otherwise;
        }
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw KubernetesConfig.refusal(key, value, "a number and ms, s, m or h, as in 75s");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
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
        Function<E, String> typed = word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return Arrays.stream(words)
                .filter(word ->
                        typed.apply(word).equals(value.toLowerCase(Locale.ROOT).replace('_', '-')))
                .findFirst()
                .orElseThrow(() -> KubernetesConfig.refusal(
                        key, value, Arrays.stream(words).map(typed).collect(Collectors.joining(", "))));
    }

    private @Nullable Path path(String key) {
        String value = value(key);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw KubernetesConfig.refusal(key, value, "a path; " + e.getReason());
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
