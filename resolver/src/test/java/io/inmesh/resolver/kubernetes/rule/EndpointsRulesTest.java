package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.EndpointsObject;
import io.inmesh.resolver.kubernetes.object.EndpointsReader;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import io.inmesh.resolver.kubernetes.rule.SourceChoice.Access;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group E: Endpoints v1. */
class EndpointsRulesTest {
    private static final String PORTS = "ports: [{name: 'http', port: 8080, protocol: 'TCP'}]";

    private static EndpointsObject read(String annotations, String rest) {
        return EndpointsReader.read(Samples.json("{metadata: {name: 'shop', namespace: 'prod', resourceVersion: '7',"
                + " annotations: " + annotations + "}, " + rest + "}"));
    }

    private static EndpointsObject read(String subsets) {
        return read("{}", "subsets: " + subsets);
    }

    private static List<JoinedEndpoint> joined(EndpointsObject object) {
        return SliceJoin.endpoints(object.slices(), AddressFamily.IPV4, Samples.HTTP);
    }

    private static List<String> usable(EndpointsObject object) {
        return Samples.addresses(
                UsabilityRules.judge(joined(object), TrafficPolicy.CLUSTER, Locality.UNKNOWN, HintUse.NODES_AND_ZONES)
                        .usable());
    }

    @ParameterizedTest
    @CsvSource({
        "AUTO, SERVED, UNKNOWN, ENDPOINT_SLICES",
        "AUTO, UNKNOWN, SERVED, ENDPOINT_SLICES",
        "AUTO, ABSENT, UNKNOWN, ENDPOINTS", // before 1.21
        "AUTO, FORBIDDEN, SERVED, ENDPOINTS",
        "AUTO, FORBIDDEN, FORBIDDEN, ENDPOINT_SLICES",
        "AUTO, FORBIDDEN, UNKNOWN, ENDPOINT_SLICES",
        "AUTO, SERVED, SERVED, ENDPOINT_SLICES",
        "ENDPOINTS, SERVED, SERVED, ENDPOINTS",
        "ENDPOINT_SLICES, ABSENT, SERVED, ENDPOINT_SLICES",
    })
    void slices_are_the_source_unless_they_cannot_be_had_E1_E2(
            SourceChoice configured, Access slices, Access endpoints, SourceChoice source) {
        assertThat(configured.settle(slices, endpoints)).isEqualTo(source);
    }

    @Test
    void the_set_is_the_union_over_subsets_each_with_its_number_E3() {
        EndpointsObject object = read("[{addresses: [{ip: '10.1.0.1'}], notReadyAddresses: [{ip: '10.1.0.2'}], " + PORTS
                + "}, {addresses: [{ip: '10.1.0.3'}], ports: [{name: 'http', port: 9090}]}]");
        assertThat(Samples.addresses(joined(object)))
                .containsExactly("10.1.0.1:8080", "10.1.0.2:8080", "10.1.0.3:9090");
        assertThat(usable(object)).containsExactly("10.1.0.1:8080", "10.1.0.3:9090");
    }

    @Test
    void an_address_may_be_ready_for_one_port_and_not_for_another_E3() {
        EndpointsObject object = read("[{addresses: [{ip: '10.1.0.1'}], ports: [{name: 'admin', port: 1}]},"
                + " {notReadyAddresses: [{ip: '10.1.0.1'}], " + PORTS + "}]");
        assertThat(usable(object)).isEmpty();
        assertThat(joined(object)).hasSize(1);
    }

    @Test
    void zones_hints_and_draining_are_missing_and_nothing_falls_back_E4() {
        EndpointsObject object = read("[{notReadyAddresses: [{ip: '010.1.0.1', nodeName: 'n1', hostname: 'h',"
                + " targetRef: {kind: 'Pod', uid: 'u1', name: 'p1'}}], " + PORTS + "}]");
        assertThat(joined(object)).singleElement().satisfies(joined -> {
            assertThat(joined.endpoint().address()).as("A-6").isEqualTo("10.1.0.1");
            assertThat(joined.endpoint().locality()).isEqualTo(new Locality("n1", null));
            assertThat(joined.endpoint().hostname()).isEqualTo("h");
            assertThat(joined.endpoint().podUid()).isEqualTo("u1");
            assertThat(joined.endpoint().podName()).isEqualTo("p1");
            assertThat(joined.endpoint().serving()).isFalse();
            assertThat(joined.endpoint().terminating()).isFalse();
            assertThat(joined.endpoint().zoneHints()).isEmpty();
        });
        assertThat(usable(object)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "warning"})
    void cut_off_addresses_are_told_E5(String said) {
        assertThat(read("{'endpoints.kubernetes.io/over-capacity': '" + said + "'}", "subsets: []")
                        .overCapacity())
                .isEqualTo(said);
        assertThat(read("[]").overCapacity()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'control-plane.alpha.kubernetes.io/leader': '{}'} | subsets: null | true",
                "{'control-plane.alpha.kubernetes.io/leader': '{}'} | other: 1 | true",
                "{'control-plane.alpha.kubernetes.io/leader': '{}'} | subsets: [{addresses: [{ip: '10.1.0.1'}]}] | false",
                "{} | subsets: null | false",
                "null | subsets: [] | false",
            })
    void locks_are_no_services_and_absent_subsets_are_empty_E6(String annotations, String rest, boolean lock) {
        EndpointsObject object = read(annotations, rest);
        assertThat(object.lock()).isEqualTo(lock);
        assertThat(joined(object)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"{ready: true}, U", "{ready: false}, X", "{}, U"})
    void mirrored_slices_have_the_ready_condition_only_and_the_unready_are_never_used_E7_C5(
            String conditions, String expected) {
        List<JoinedEndpoint> mirrored = SliceJoin.endpoints(
                List.of(Samples.slice("shop-mirror", "1", Samples.endpoint("10.1.0.1", conditions))),
                AddressFamily.IPV4,
                Samples.HTTP);
        assertThat(JudgedSamples.letters(
                        UsabilityRules.judge(mirrored, TrafficPolicy.CLUSTER, Locality.UNKNOWN, HintUse.NONE)))
                .isEqualTo(expected);
    }

    @Test
    void whatever_the_server_answers_one_source_is_used_E8() {
        for (SourceChoice configured : SourceChoice.values()) {
            for (Access slices : Access.values()) {
                for (Access endpoints : Access.values()) {
                    assertThat(configured.settle(slices, endpoints)).isNotEqualTo(SourceChoice.AUTO);
                }
            }
        }
    }

    @Test
    void both_families_of_an_object_stay_apart_F3() {
        EndpointsObject object =
                read("[{addresses: [{ip: '10.1.0.1'}, {ip: 'fd00:0::1'}, {ip: 'no'}], " + PORTS + "}]");
        assertThat(Samples.addresses(SliceJoin.endpoints(object.slices(), AddressFamily.IPV6, Samples.HTTP)))
                .containsExactly("[fd00::1]:8080");
        assertThat(Samples.addresses(joined(object))).containsExactly("10.1.0.1:8080");
    }

    @Test
    void versions_alone_are_no_change_A13() {
        EndpointsObject one = read("[{addresses: [{ip: '10.1.0.1'}], " + PORTS + "}]");
        EndpointsObject other = EndpointsReader.read(Samples.json("{metadata: {name: 'shop', namespace: 'prod',"
                + " resourceVersion: '8'}, subsets: [{addresses: [{ip: '10.1.0.1'}], " + PORTS + "}]}"));
        assertThat(one).isNotEqualTo(other);
        assertThat(one.content()).isEqualTo(other.content());
        assertThat(one.content()).isNotEqualTo(read("[]").content());
    }
}
