package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.PodReader;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group I: pods by selector; P-6, P-7; weights of pods. */
class PodRulesTest {
    private static final String PORTS = "containers: [{ports: [{name: 'http', containerPort: 8080}]}]";
    private static final String READY = "phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]";

    private static PodObject pod(String name, String metadata, String spec, String status) {
        return new PodReader("share")
                .read(Samples.json("{metadata: {name: '" + name + "', namespace: 'prod', uid: 'uid-" + name + "'"
                        + metadata + "}, spec: {nodeName: 'n1', " + spec + "}, status: {" + status + "}}"));
    }

    private static PodObject pod(String name, String ip) {
        return pod(name, "", PORTS, READY + ", podIP: '" + ip + "'");
    }

    private static List<JoinedEndpoint> found(@Nullable String port, PodObject... pods) {
        PodRules.Answer answer =
                PodRules.endpoints("pods app=shop", List.of(pods), AddressFamily.IPV4, port, Protocol.TCP);
        assertThat(answer).isInstanceOf(PodRules.Found.class);
        return ((PodRules.Found) answer).endpoints();
    }

    private static Unresolved refused(@Nullable String port, PodObject... pods) {
        PodRules.Answer answer =
                PodRules.endpoints("pods app=shop", List.of(pods), AddressFamily.IPV4, port, Protocol.TCP);
        assertThat(answer).isInstanceOf(PodRules.Refused.class);
        return ((PodRules.Refused) answer).unresolved();
    }

    private static String judged(PodObject... pods) {
        return JudgedSamples.letters(UsabilityRules.judge(
                found("http", pods), TrafficPolicy.CLUSTER, Locality.UNKNOWN, HintUse.NODES_AND_ZONES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "phase: 'Succeeded', podIP: '10.1.0.1'",
                "phase: 'Failed', podIP: '10.1.0.1'",
                "phase: 'Pending'",
                "phase: 'Running', podIP: '', podIPs: []",
            })
    void finished_pods_and_those_without_an_address_are_left_out_C2_I3(String status) {
        assertThat(found("http", pod("a", "", PORTS, status + ", conditions: [{type: 'Ready', status: 'True'}]")))
                .isEmpty();
    }

    @Test
    void ready_is_the_condition_and_no_deletion_C2_I3() {
        String deleted = ", deletionTimestamp: '2026-01-01T00:00:00Z'";
        PodObject ready = pod("a", "10.1.0.1");
        PodObject draining = pod("b", deleted, PORTS, READY + ", podIP: '10.1.0.2'");
        PodObject unready = pod(
                "c", "", PORTS, "phase: 'Running', conditions: [{type: 'Ready', status: 'False'}], podIP: '10.1.0.3'");
        PodObject unsaid = pod("d", "", PORTS, "phase: 'Running', podIP: '10.1.0.4'");
        assertThat(judged(ready, draining, unready, unsaid)).isEqualTo("U D X X");
        assertThat(judged(draining, unready)).as("C-4 applies: I-6").isEqualTo("U X");
    }

    @Test
    void local_policy_applies_to_pods_and_hints_do_not_exist_I6() {
        assertThat(JudgedSamples.letters(UsabilityRules.judge(
                        found("http", pod("a", "10.1.0.1")),
                        TrafficPolicy.LOCAL,
                        new Locality("n1", null),
                        HintUse.NONE)))
                .isEqualTo("U");
        assertThat(found("http", pod("a", "10.1.0.1")).get(0).endpoint().zoneHints())
                .isEmpty();
    }

    @Test
    void the_family_is_that_of_one_of_its_addresses_I4() {
        PodObject dual =
                pod("a", "", PORTS, READY + ", podIP: 'fd00::1', podIPs: [{ip: 'fd00::1'}, {ip: '010.1.0.1'}]");
        assertThat(Samples.addresses(found("http", dual))).containsExactly("10.1.0.1:8080");
        assertThat(PodRules.families(List.of(dual))).containsExactly(AddressFamily.IPV6, AddressFamily.IPV4);
        assertThat(PodRules.families(List.of(pod("b", "10.1.0.2")))).containsExactly(AddressFamily.IPV4);
        assertThat(PodRules.families(List.of())).containsExactly(AddressFamily.IPV4, AddressFamily.IPV6);
    }

    @Test
    void node_and_zone_are_what_the_pod_says_I4() {
        PodObject labelled =
                pod("a", ", labels: {'topology.kubernetes.io/zone': 'z1'}", PORTS, READY + ", podIP: '10.1.0.1'");
        assertThat(labelled.locality()).isEqualTo(new Locality("n1", "z1"));
        assertThat(pod("b", "10.1.0.2").locality()).isEqualTo(new Locality("n1", null));
        assertThat(found("http", labelled).get(0).endpoint()).satisfies(endpoint -> {
            assertThat(endpoint.podUid()).isEqualTo("uid-a");
            assertThat(endpoint.podName()).isEqualTo("a");
        });
    }

    @Test
    void a_number_goes_as_it_is_and_host_ports_are_irrelevant_I5() {
        PodObject pod = pod(
                "a",
                "",
                "containers: [{ports: [{name: 'http', containerPort: 8080, hostPort: 80}]}]",
                READY + ", podIP: '10.1.0.1'");
        assertThat(Samples.addresses(found("9999", pod))).containsExactly("10.1.0.1:9999");
        assertThat(Samples.addresses(found("http", pod))).containsExactly("10.1.0.1:8080");
    }

    @Test
    void a_name_is_looked_up_in_each_pod_regular_containers_before_sidecars_P6_I5() {
        String sidecar = "initContainers: [{restartPolicy: 'Always', ports: [{name: 'http', containerPort: 7000}]}]";
        PodObject regular = pod("a", "", PORTS + ", " + sidecar, READY + ", podIP: '10.1.0.1'");
        PodObject onlySidecar = pod("b", "", "containers: [{}], " + sidecar, READY + ", podIP: '10.1.0.2'");
        PodObject other = pod(
                "c",
                "",
                "containers: [{ports: [{name: 'http', containerPort: 9, protocol: 'UDP'}]},"
                        + " {ports: [{name: 'http', containerPort: 8081}]}]",
                READY + ", podIP: '10.1.0.3'");
        assertThat(Samples.addresses(found("http", regular, onlySidecar, other)))
                .containsExactly("10.1.0.1:8080", "10.1.0.2:7000", "10.1.0.3:8081");
    }

    @Test
    void a_pod_without_the_port_is_left_out_P7_I5() {
        PodObject init = pod(
                "b",
                "",
                "initContainers: [{ports: [{name: 'http', containerPort: 7000}]}]",
                READY + ", podIP: '10.1.0.2'");
        assertThat(Samples.addresses(found("http", pod("a", "10.1.0.1"), init))).containsExactly("10.1.0.1:8080");
        Unresolved none = refused("grpc", pod("a", "10.1.0.1"));
        assertThat(none.reason()).isEqualTo(Reason.NO_SUCH_PORT);
        assertThat(none.text()).startsWith("pods app=shop: ").contains("'grpc'", "they have http");
        assertThat(found("grpc")).as("no pods: nothing is known of ports").isEmpty();
    }

    @Test
    void no_port_means_the_only_one_P10() {
        assertThat(Samples.addresses(found(null, pod("a", "10.1.0.1")))).containsExactly("10.1.0.1:8080");
        PodObject two = pod(
                "b",
                "",
                "containers: [{ports: [{name: 'http', containerPort: 1}, {containerPort: 2}]}]",
                READY + ", podIP: '10.1.0.2'");
        assertThat(refused(null, two).reason()).isEqualTo(Reason.AMBIGUOUS_PORT);
        assertThat(refused(null, two).text()).contains("2, http");
        PodObject none = pod("c", "", "containers: [{}]", READY + ", podIP: '10.1.0.3'");
        assertThat(refused(null, none).reason()).isEqualTo(Reason.NO_SUCH_PORT);
        assertThat(found(null)).isEmpty();
    }

    @Test
    void of_two_pods_with_one_address_the_live_one_stays_A7() {
        PodObject draining =
                pod("a", ", deletionTimestamp: '2026-01-01T00:00:00Z'", PORTS, READY + ", podIP: '10.1.0.1'");
        PodObject live = pod("b", "10.1.0.1");
        assertThat(found("http", draining, live))
                .isEqualTo(found("http", live, draining))
                .singleElement()
                .satisfies(joined -> assertThat(joined.endpoint().podName()).isEqualTo("b"));
    }

    @ParameterizedTest
    @CsvSource({
        "'inmesh.io/weight': '5',, 5",
        "'inmesh.io/weight': ' 7 ',, 7",
        "'inmesh.io/weight': '0',, 0",
        "'inmesh.io/weight': '1048576',, 1048576",
        "other: '5',, 1",
        "'inmesh.io/weight': '5', share: '9', 9", // the configured label
        ", share: '9', 9",
    })
    void a_pods_weight_is_its_label_or_annotation(@Nullable String annotation, @Nullable String label, int expected) {
        PodWeights weights = PodWeights.of(List.of(weighted(annotation, label)));
        assertThat(weights.weightOf("uid-a")).isEqualTo(expected);
        assertThat(weights.complaints()).isEmpty();
    }

    private static PodObject weighted(@Nullable String annotation, @Nullable String label) {
        return pod(
                "a",
                ", annotations: {" + (annotation == null ? "" : annotation) + "}, labels: {"
                        + (label == null ? "" : label) + "}",
                PORTS,
                READY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1048577", "heavy", "1.5", "+1", "99999999999", " "})
    void a_bad_weight_counts_as_one_and_is_told(String bad) {
        PodWeights weights = PodWeights.of(List.of(weighted("'inmesh.io/weight': '" + bad + "'", null)));
        assertThat(weights.weightOf("uid-a")).isEqualTo(1);
        assertThat(weights.complaints()).singleElement().satisfies(text -> assertThat(text)
                .contains("prod/a", "'" + bad + "'", "0..1048576", "inmesh.io/weight"));
    }

    @Test
    void unknown_pods_weigh_one() {
        assertThat(PodWeights.NONE.weightOf("uid-x")).isEqualTo(1);
        assertThat(PodWeights.NONE.weightOf(null)).isEqualTo(1);
    }

    @Test
    void a_services_own_selector_is_equality_and_none_selects_nothing_I1_I2() {
        assertThat(PodRules.selectorOf(
                        Samples.serviceWith("{clusterIP: '10.96.0.1', selector: {tier: 'front', app: 'shop'}}")))
                .contains("app=shop,tier=front");
        assertThat(PodRules.selectorOf(Samples.serviceWith("{clusterIP: '10.96.0.1', selector: {}}")))
                .isEmpty();
        assertThat(PodRules.selectorOf(Samples.serviceWith("{clusterIP: '10.96.0.1'}")))
                .isEmpty();
    }
}
