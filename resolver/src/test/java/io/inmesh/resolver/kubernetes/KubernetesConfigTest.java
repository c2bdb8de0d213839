package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesConfigTest {

    private static KubernetesConfig read(Map<String, String> properties, Map<String, String> environment) {
        return KubernetesConfig.fromEnvironment(properties, environment);
    }

    @Test
    void nothing_said_is_the_default() {
        assertThat(read(Map.of("other", "x"), Map.of("PATH", "/bin"))).isEqualTo(KubernetesConfig.DEFAULT);
        assertThat(KubernetesConfig.DEFAULT.network()).isEqualTo(KubernetesConfig.Network.AUTO);
    }

    @Test
    void the_documentation_s_example_says_what_its_keys_say() {
        KubernetesConfig config = KubernetesConfig.DEFAULT
                .withNamespace("shop")
                .withPlace("node-1", "zone-a")
                .withReading(KubernetesReading.DEFAULT.withSource(KubernetesReading.Source.ENDPOINTSLICES))
                .withWatching(KubernetesWatching.DEFAULT
                        .withWatchSilence(Duration.ofSeconds(90))
                        .withSnapshots(Path.of("/var/cache/shop/endpoints")));
        assertThat(config)
                .isEqualTo(read(
                        Map.of(
                                "inmesh.kubernetes.namespace", "shop",
                                "inmesh.kubernetes.node-name", "node-1",
                                "inmesh.kubernetes.zone", "zone-a",
                                "inmesh.kubernetes.source", "endpointslices",
                                "inmesh.kubernetes.watch-silence", "90s",
                                "inmesh.kubernetes.snapshots", "/var/cache/shop/endpoints"),
                        Map.of()));
    }

    @Test
    void every_key_is_read_from_properties_and_from_variables() {
        KubernetesConfig expected = new KubernetesConfig(
                "shop",
                "example.org",
                "node-1",
                "zone-a",
                KubernetesConfig.Network.INSIDE,
                KubernetesConfig.Family.IPV6,
                null,
                URI.create("http://127.0.0.1:8001"),
                KubernetesReading.DEFAULT,
                KubernetesWatching.DEFAULT);
        assertThat(read(
                        Map.of(
                                "inmesh.kubernetes.namespace", "shop",
                                "inmesh.kubernetes.cluster-domain", "example.org",
                                "inmesh.kubernetes.node-name", "node-1",
                                "inmesh.kubernetes.zone", "zone-a",
                                "inmesh.kubernetes.network", "inside",
                                "inmesh.kubernetes.family", "ipv6",
                                "inmesh.kubernetes.master-url", "http://127.0.0.1:8001"),
                        Map.of()))
                .isEqualTo(expected);
        assertThat(read(
                        Map.of(),
                        Map.of(
                                "INMESH_KUBERNETES_NAMESPACE", "shop",
                                "INMESH_KUBERNETES_CLUSTER_DOMAIN", "example.org",
                                "INMESH_KUBERNETES_NODE_NAME", "node-1",
                                "INMESH_KUBERNETES_ZONE", "zone-a",
                                "INMESH_KUBERNETES_NETWORK", "INSIDE",
                                "INMESH_KUBERNETES_FAMILY", "IPv6",
                                "INMESH_KUBERNETES_MASTER_URL", "http://127.0.0.1:8001")))
                .isEqualTo(expected);
        assertThat(read(Map.of("inmesh.kubernetes.kubeconfig", "some/config"), Map.of())
                        .kubeconfig())
                .isEqualTo(Path.of("some/config"));
    }

    @Test
    void a_property_wins_over_a_variable_and_an_empty_text_says_nothing() {
        assertThat(read(Map.of("inmesh.kubernetes.zone", "a"), Map.of("INMESH_KUBERNETES_ZONE", "b"))
                        .zone())
                .isEqualTo("a");
        assertThat(read(Map.of("inmesh.kubernetes.zone", " "), Map.of("INMESH_KUBERNETES_ZONE", "b"))
                        .zone())
                .isEqualTo("b");
    }

    @Test
    void the_zone_s_conventional_variable_comes_last_T10() {
        assertThat(read(Map.of(), Map.of("NODE_ZONE", "z1")).zone()).isEqualTo("z1");
        assertThat(read(Map.of("inmesh.kubernetes.zone", "z2"), Map.of("NODE_ZONE", "z1"))
                        .zone())
                .isEqualTo("z2");
    }

    @Test
    void the_node_s_conventional_variable_comes_last_L8() {
        assertThat(read(Map.of(), Map.of("NODE_NAME", "n1")).nodeName()).isEqualTo("n1");
        assertThat(read(Map.of(), Map.of("NODE_NAME", "n1", "INMESH_KUBERNETES_NODE_NAME", "n2"))
                        .nodeName())
                .isEqualTo("n2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "namespace | Shop | one DNS label",
                "namespace | a.b | one DNS label",
                "namespace | -a | one DNS label",
                "cluster-domain | cluster..local | a domain",
                "cluster-domain | cluster.local. | a domain",
                "network | maybe | expected: auto, inside, outside",
                "family | both | expected: auto, ipv4, ipv6",
                "master-url | 127.0.0.1:8001 | http",
                "master-url | ftp://127.0.0.1 | http:// or https://",
                "master-url | http://a b | a URL",
            })
    void a_bad_value_is_refused_with_key_value_and_expectation(String key, String value, String expectation) {
        assertThatThrownBy(() -> read(Map.of("inmesh.kubernetes." + key, value), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("inmesh.kubernetes." + key + ": '" + value + "'")
                .hasMessageContaining(expectation);
    }

    @Test
    void an_unknown_property_is_refused_with_the_known_ones() {
        assertThatThrownBy(() -> read(Map.of("inmesh.kubernetes.nodename", "n1"), Map.of()))
                .hasMessageContaining("inmesh.kubernetes.nodename is unknown")
                .hasMessageContaining("node-name");
    }

    @Test
    void two_ways_to_an_api_server_are_one_too_many() {
        KubernetesConfig one = KubernetesConfig.DEFAULT.withMasterUrl(URI.create("http://127.0.0.1:8001"));
        assertThatThrownBy(() -> one.withKubeconfig(Path.of("config")))
                .hasMessageContaining("master-url")
                .hasMessageContaining("kubeconfig");
    }

    @Test
    void each_wither_changes_its_own_component() {
        KubernetesConfig changed = KubernetesConfig.DEFAULT
                .withNamespace("shop")
                .withClusterDomain("example.org")
                .withPlace("n", "z")
                .withNetwork(KubernetesConfig.Network.OUTSIDE)
                .withFamily(KubernetesConfig.Family.IPV4)
                .withKubeconfig(Path.of("c"))
                .withReading(KubernetesReading.DEFAULT
                        .withSource(KubernetesReading.Source.ENDPOINTS)
                        .withHints(KubernetesReading.Hints.ZONES, KubernetesReading.Hints.ZONES)
                        .withPodWeights("annotation"))
                .withWatching(KubernetesWatching.DEFAULT
                        .withWatchSilence(Duration.ofSeconds(20))
                        .withSingleWatches(2)
                        .withLookupInterval(Duration.ofSeconds(5))
                        .withSnapshots(Path.of("last-known")));
        assertThat(changed)
                .isEqualTo(new KubernetesConfig(
                        "shop",
                        "example.org",
                        "n",
                        "z",
                        KubernetesConfig.Network.OUTSIDE,
                        KubernetesConfig.Family.IPV4,
                        Path.of("c"),
                        null,
                        new KubernetesReading(
                                KubernetesReading.Source.ENDPOINTS,
                                KubernetesReading.Hints.ZONES,
                                KubernetesReading.Hints.ZONES,
                                "annotation"),
                        new KubernetesWatching(
                                Duration.ofSeconds(20), 2, Duration.ofSeconds(5), Path.of("last-known"))));
    }

    @Test
    void what_is_read_and_how_it_is_watched_can_be_said_like_everything_else() {
        KubernetesConfig config = read(
                Map.of(
                        "inmesh.kubernetes.source", "endpoints",
                        "inmesh.kubernetes.hints", "nodes-and-zones",
                        "inmesh.kubernetes.headless-hints", "ZONES",
                        "inmesh.kubernetes.pod-weights", "example.com/weight"),
                Map.of(
                        "INMESH_KUBERNETES_WATCH_SILENCE", "2m",
                        "INMESH_KUBERNETES_SINGLE_WATCHES", "3",
                        "INMESH_KUBERNETES_LOOKUP_INTERVAL", "1500ms",
                        "INMESH_KUBERNETES_SNAPSHOTS", "last-known"));
        assertThat(config.reading())
                .isEqualTo(new KubernetesReading(
                        KubernetesReading.Source.ENDPOINTS,
                        KubernetesReading.Hints.NODES_AND_ZONES,
                        KubernetesReading.Hints.ZONES,
                        "example.com/weight"));
        assertThat(config.watching())
                .isEqualTo(new KubernetesWatching(
                        Duration.ofMinutes(2), 3, Duration.ofMillis(1500), Path.of("last-known")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    source         | slices  | auto, endpointslices, endpoints
                    hints          | nodes   | none, zones, nodes-and-zones
                    pod-weights    | a/b/c   | off, annotation or the name of a label, as in example.com/weight
                    watch-silence  | 75      | a number and ms, s, m or h, as in 75s
                    watch-silence  | 2h      | 1s to 1h
                    lookup-interval| 10ms    | 1s to 1h
                    single-watches | 0       | 1..1000
                    single-watches | many    | a whole number
                    """)
    void a_value_that_cannot_be_is_refused_with_key_value_and_expectation(
            String key, String value, String expectation) {
        assertThatThrownBy(() -> read(Map.of("inmesh.kubernetes." + key, value), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inmesh.kubernetes." + key)
                .hasMessageContaining("(expected: " + expectation + ")");
    }
}
