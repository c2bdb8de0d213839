package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Group L: what traffic policies make of a set. */
class PolicyRulesTest {
    private static final Locality HERE = new Locality("n1", "a");
    private static final Locality NOWHERE = Locality.UNKNOWN;

    private static Judgement local(Locality client, String... endpoints) {
        return UsabilityRules.judge(
                JudgedSamples.endpoints(endpoints), TrafficPolicy.LOCAL, client, HintUse.NODES_AND_ZONES);
    }

    private static ServiceObject service(String spec) {
        return Samples.serviceWith("{clusterIP: '10.96.0.1', ports: [{port: 80, nodePort: 30080}], " + spec + "}");
    }

    @Test
    void a_pod_is_bound_by_the_internal_policy_alone_which_is_cluster_by_default_L1() {
        assertThat(service("type: 'ClusterIP'").internalPolicy()).isEqualTo(TrafficPolicy.CLUSTER);
        assertThat(service("type: 'NodePort', externalTrafficPolicy: 'Local'").internalPolicy())
                .isEqualTo(TrafficPolicy.CLUSTER);
        assertThat(service("internalTrafficPolicy: 'Local'").internalPolicy()).isEqualTo(TrafficPolicy.LOCAL);
        assertThat(service("type: 'NodePort', internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Cluster'")
                        .internalPolicy())
                .isEqualTo(TrafficPolicy.LOCAL);
    }

    @Test
    void the_internal_policy_does_not_apply_to_headless_services_L1() {
        assertThat(Samples.serviceWith("{clusterIP: 'None', internalTrafficPolicy: 'Local'}")
                        .internalPolicy())
                .isEqualTo(TrafficPolicy.CLUSTER);
    }

    @Test
    void local_means_the_clients_node_and_an_endpoint_without_a_node_is_not_local_L2() {
        Judgement judged = local(HERE, "rs@n1", "rs@n2", "rs@");
        assertThat(JudgedSamples.letters(judged)).isEqualTo("U X X");
        assertThat(judged.usability(1))
                .isInstanceOfSatisfying(Usability.Unusable.class, other -> assertThat(other.reason())
                        .contains("not on node n1", "L-2"));
        assertThat(judged.usability(2))
                .isInstanceOfSatisfying(Usability.Unusable.class, other -> assertThat(other.reason())
                        .contains("without a node", "L-2"));
    }

    @ParameterizedTest
    @CsvSource({
        "rs@n1 st@n1 rs@n2, U D X", // ready ones of the node hide its draining ones
        "st@n1 rs@n2, U X", // its draining ones come before other nodes' ready ones
        "s@n1 rs@n2, X X", // no fallback to other nodes
        "rst@n1 st@n1, U D",
        "st@n2 st@n1, X U",
    })
    void local_takes_ready_ones_then_draining_ones_of_the_node_then_nothing_L3(String endpoints, String expected) {
        assertThat(JudgedSamples.letters(local(HERE, endpoints.split(" ")))).isEqualTo(expected);
    }

    @Test
    void nothing_on_the_node_is_an_outcome_of_its_own_and_says_what_to_do_L3_S10() {
        assertThat(local(HERE, "rs@n2", "st@n3").nothingUsable("orders in namespace shop"))
                .satisfies(nothing -> {
                    assertThat(nothing.reason()).isEqualTo(Reason.NO_LOCAL_ENDPOINTS);
                    assertThat(nothing.text())
                            .startsWith("orders in namespace shop: ")
                            .contains("none of its 2 endpoints", "node n1", "L-3");
                });
        assertThat(local(HERE, "s@n1", "-@n2").nothingUsable("orders"))
                .satisfies(nothing -> assertThat(nothing.reason()).isEqualTo(Reason.NO_ENDPOINTS));
        assertThat(local(HERE, "rs@n1").nothingUsable("orders")).isNull();
    }

    @Test
    void local_ignores_hints_L4() {
        assertThat(JudgedSamples.letters(local(HERE, "rs@n1/a>b", "rs@n1/a>a", "rs@n2>a")))
                .isEqualTo("U U X");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: 'ClusterIP', ports: [{port: 80}] | true | false",
                "type: 'ClusterIP', ports: [{port: 80}], internalTrafficPolicy: 'Local' | false | true",
                "type: 'NodePort', ports: [{port: 80, nodePort: 30080}], internalTrafficPolicy: 'Local' | true | true",
                "type: 'NodePort', ports: [{port: 80, nodePort: 30080}], externalTrafficPolicy: 'Local' | true | true",
                "type: 'NodePort', ports: [{port: 80, nodePort: 30080}] | true | false",
                "type: 'ClusterIP', ports: [{port: 80}], externalIPs: ['198.51.100.7'], internalTrafficPolicy: 'Local' | true | true",
                "type: 'ClusterIP', ports: [{port: 80}], externalIPs: ['198.51.100.7'], externalTrafficPolicy: 'Local' | true | true",
            })
    void each_set_is_computed_where_some_traffic_needs_it_L5(String spec, boolean cluster, boolean local) {
        ServiceObject service = Samples.serviceWith("{clusterIP: '10.96.0.1', " + spec + "}");
        NodeView view = NodeView.of(
                JudgedSamples.endpoints("rs@n1"),
                service,
                service.ports().get(0),
                AddressFamily.IPV4,
                HERE,
                HintUse.NONE);
        assertThat(view.cluster() != null).as("cluster").isEqualTo(cluster);
        assertThat(view.local() != null).as("local").isEqualTo(local);
    }

    @Test
    void the_external_policy_of_a_service_not_reachable_from_outside_has_no_effect_L6() {
        ServiceObject service =
                Samples.serviceWith("{clusterIP: '10.96.0.1', ports: [{port: 80}], externalTrafficPolicy: 'Local'}");
        NodeView view = NodeView.of(
                JudgedSamples.endpoints("rs@n2"),
                service,
                service.ports().get(0),
                AddressFamily.IPV4,
                HERE,
                HintUse.NONE);
        assertThat(view.local()).isNull();
        assertThat(view.externalAtNode()).isNull();
        assertThat(view.inCluster().hasUsable()).isTrue();
    }

    @Test
    void external_addresses_of_the_other_family_expose_nothing_in_this_one_L5_F3() {
        ServiceObject service =
                Samples.service("{metadata: {name: 'shop', namespace: 'prod'}, spec: {clusterIP: '10.96.0.1',"
                        + " type: 'LoadBalancer', externalIPs: ['2001:db8::9'], externalTrafficPolicy: 'Local', ports: [{port: 80}]},"
                        + " status: {loadBalancer: {ingress: [{ip: '2001:db8::7'}]}}}");
        assertThat(view(service, AddressFamily.IPV4).exposed()).isFalse();
        assertThat(view(service, AddressFamily.IPV4).local()).isNull();
        assertThat(view(service, AddressFamily.IPV6).exposed()).isTrue();
        assertThat(view(service, AddressFamily.IPV6).local()).isNotNull();
    }

    @Test
    void a_type_that_cannot_be_reached_from_outside_has_no_external_policy_whatever_a_balancer_left_behind_L6() {
        ServiceObject service =
                Samples.service("{metadata: {name: 'shop', namespace: 'prod'}, spec: {clusterIP: '10.96.0.1',"
                        + " type: 'ClusterIP', externalTrafficPolicy: 'Local', ports: [{port: 80}]},"
                        + " status: {loadBalancer: {ingress: [{ip: '203.0.113.7'}]}}}");
        NodeView view = view(service, AddressFamily.IPV4);
        assertThat(view.exposed()).isTrue();
        assertThat(Objects.requireNonNull(view.externalAtNode()).hasUsable()).isTrue();
        assertThat(view.local()).isNull();
    }

    private static NodeView view(ServiceObject service, AddressFamily family) {
        return NodeView.of(
                JudgedSamples.endpoints("rs@n2"), service, service.ports().get(0), family, HERE, HintUse.NONE);
    }

    @Test
    void an_unknown_own_node_under_local_names_how_to_provide_it_L7_L8() {
        Judgement judged = local(NOWHERE, "rs@n1", "rs@");
        assertThat(JudgedSamples.letters(judged)).isEqualTo("X X");
        assertThat(judged.nothingUsable("orders")).satisfies(nothing -> {
            assertThat(nothing.reason()).isEqualTo(Reason.NO_LOCAL_ENDPOINTS);
            assertThat(nothing.text())
                    .contains("NODE_NAME", "spec.nodeName", "inmesh.kubernetes.node-name", "L-7", "L-8");
        });
        assertThat(judged.usability(0))
                .isInstanceOfSatisfying(Usability.Unusable.class, other -> assertThat(other.reason())
                        .contains("L-7"));
        assertThat(local(NOWHERE, "-@n1").nothingUsable("orders"))
                .as("S-10: usable nowhere at all")
                .satisfies(nothing -> assertThat(nothing.reason()).isEqualTo(Reason.NO_ENDPOINTS));
    }

    @Test
    void short_circuits_use_the_cluster_set_S27() {
        ServiceObject service =
                service("type: 'NodePort', externalTrafficPolicy: 'Local', internalTrafficPolicy: 'Local'");
        NodeView view = NodeView.of(
                JudgedSamples.endpoints("rs@n2"),
                service,
                service.ports().get(0),
                AddressFamily.IPV4,
                HERE,
                HintUse.NONE);
        assertThat(Objects.requireNonNull(view.cluster()).hasUsable()).isTrue();
        assertThat(view.onlyRemoteEndpoints()).isFalse();
    }

    @Test
    void decisions_are_shared_by_all_endpoints_they_apply_to() {
        List<JoinedEndpoint> many = JudgedSamples.endpoints("rs@n2", "rs@n2", "s@n1", "s@n2");
        Judgement judged = UsabilityRules.judge(many, TrafficPolicy.LOCAL, HERE, HintUse.NONE);
        assertThat(judged.usability(0)).isSameAs(judged.usability(1));
        assertThat(judged.usability(2)).isSameAs(judged.usability(3));
    }
}
