package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules S-23, S-24: a client outside the pod network that reaches a service through nodes. */
class OutsideNodeRulesTest extends OutsideScene {

    @Test
    void any_node_works_under_cluster_policy_S23() {
        OutsideRules.Reached reached = reached(
                service("type: 'NodePort', " + PORT, ""),
                node("n1", "True", "InternalIP=10.0.0.1"),
                node("n2", "True", "InternalIP=10.0.0.2"));
        assertThat(usable(reached)).containsExactly("10.0.0.1:30080", "10.0.0.2:30080");
        assertThat(reached.endpoints().get(1).locality()).isEqualTo(new Locality("n2", "zone-n2"));
        assertThat(reached.explanation()).contains("node port 30080 on the InternalIP of 2 of 2 nodes");
    }

    @ParameterizedTest
    @CsvSource({
        "ExternalIP=198.51.100.1, 198.51.100.1:30080",
        "Hostname=n1.example.org, 10.0.0.1:30080",
        "InternalDNS=n1.internal, 10.0.0.1:30080",
    })
    void external_ips_of_nodes_come_before_internal_ones_before_names_S23(String address, String expected) {
        assertThat(usable(reached(
                        service("type: 'NodePort', " + PORT, ""), node("n1", "True", "InternalIP=10.0.0.1", address))))
                .containsExactly(expected);
    }

    @Test
    void names_are_used_where_nodes_have_no_address_S23() {
        assertThat(usable(reached(
                        service("type: 'NodePort', " + PORT, ""), node("n1", "True", "Hostname=n1.example.org"))))
                .containsExactly("n1.example.org:30080");
    }

    @Test
    void nodes_that_are_not_ready_are_left_out_while_others_are_S23() {
        ServiceObject service = service("type: 'NodePort', " + PORT, "");
        OutsideRules.Reached reached = reached(
                service, node("n1", "Unknown", "InternalIP=10.0.0.1"), node("n2", "True", "InternalIP=10.0.0.2"));
        assertThat(usable(reached)).containsExactly("10.0.0.2:30080");
        assertThat(usable(reached(service, node("n1", "False", "InternalIP=10.0.0.1"))))
                .as("none is ready, which says little")
                .containsExactly("10.0.0.1:30080");
    }

    @Test
    void the_family_is_one_that_this_host_has_and_never_both_S23_F4() {
        ServiceObject service = service("type: 'NodePort', " + PORT, "");
        NodeObject node = node("n1", "True", "InternalIP=10.0.0.1", "InternalIP=fd00::1");
        OutsideView view = new OutsideView(client(AddressFamily.IPV6), List.of(node), null, family -> ON_N1);
        Wanted wanted = Samples.wanted("80");
        ServiceObject dual = Samples.serviceWith(
                "{clusterIP: '10.96.0.1', type: 'NodePort', ipFamilies: ['IPv4', 'IPv6'], " + PORT + "}");
        assertThat(usable(reached(OutsideRules.reach(wanted, dual, ServicePorts.find(dual, wanted), view))))
                .containsExactly("[fd00::1]:30080");
        assertThat(usable(reached(service, node))).containsExactly("10.0.0.1:30080");
        assertThat(usable(
                        reached(service("type: 'LoadBalancer', " + PORT, "{ip: '2001:db8::7'}, {ip: '203.0.113.7'}"))))
                .containsExactly("203.0.113.7:80");
    }

    @Test
    void under_local_only_nodes_with_a_ready_endpoint_are_chosen_S24() {
        ServiceObject service = service("type: 'NodePort', externalTrafficPolicy: 'Local', " + PORT, "");
        List<NodeObject> nodes = List.of(
                node("n1", "True", "InternalIP=10.0.0.1", "ExternalIP=198.51.100.1"),
                node("n2", "True", "InternalIP=10.0.0.2", "ExternalIP=198.51.100.2"),
                node("n3", "True", "InternalIP=10.0.0.3"));
        OutsideRules.Reached reached = reached(reach(
                service,
                client(AddressFamily.IPV4),
                null,
                nodes,
                JudgedSamples.endpoints("rs@n1", "st@n2", "s@n3", "rs@")));
        assertThat(usable(reached)).containsExactly("198.51.100.1:30080");
        assertThat(reached.endpoints().get(1).usability())
                .isInstanceOfSatisfying(Usability.Unusable.class, other -> assertThat(other.reason())
                        .contains("S-24"));
        assertThat(reached.explanation()).contains("1 of 3 nodes", "S-24");
        assertThat(usable(reached(
                        reach(service, client(AddressFamily.IPV4), null, nodes, JudgedSamples.endpoints("rs@n3")))))
                .as("the one node that serves has no external IP, so the nodes' own network is used")
                .containsExactly("10.0.0.3:30080");
    }

    @Test
    void under_local_without_a_node_to_choose_nothing_is_usable_S24_S10() {
        ServiceObject service = service("type: 'NodePort', externalTrafficPolicy: 'Local', " + PORT, "");
        List<NodeObject> nodes = List.of(node("n1", "True", "InternalIP=10.0.0.1"));
        OutsideRules.Reached reached =
                reached(reach(service, client(AddressFamily.IPV4), null, nodes, JudgedSamples.endpoints("st@n1")));
        assertThat(usable(reached)).isEmpty();
        assertThat(reached.words()).satisfies(words -> {
            assertThat(words.reason()).isEqualTo(Reason.NO_LOCAL_ENDPOINTS);
            assertThat(words.text()).contains("S-24");
        });
    }

    @Test
    void under_local_a_node_that_hosts_the_only_endpoint_is_not_left_out_for_a_ready_one_that_hosts_none_S24() {
        ServiceObject service = service("type: 'NodePort', externalTrafficPolicy: 'Local', " + PORT, "");
        List<NodeObject> nodes =
                List.of(node("n1", "Unknown", "InternalIP=10.0.0.1"), node("n2", "True", "InternalIP=10.0.0.2"));
        OutsideRules.Reached alone = reached(reach(service, client(AddressFamily.IPV4), null, nodes));
        assertThat(usable(alone)).containsExactly("10.0.0.1:30080");
        assertThat(alone.words()).isNull();
        assertThat(usable(reached(reach(
                        service, client(AddressFamily.IPV4), null, nodes, JudgedSamples.endpoints("rs@n1", "rs@n2")))))
                .as("another one that hosts an endpoint is ready")
                .containsExactly("10.0.0.2:30080");
    }

    @Test
    void nodes_are_needed_only_where_no_other_way_is_there_and_a_refusal_is_told_S23_R6() {
        ClientPlace client = client(AddressFamily.IPV4);
        ServiceObject nodePort = service("type: 'NodePort', " + PORT, "");
        PortAnswer port = ServicePorts.find(nodePort, Samples.wanted("80"));
        assertThat(OutsideRules.needsNodes(nodePort, port, client)).isTrue();
        assertThat(OutsideRules.needsNodes(
                        service("type: 'LoadBalancer', " + PORT, "{ip: '203.0.113.7'}"), port, client))
                .isFalse();
        assertThat(OutsideRules.needsNodes(service("externalIPs: ['198.51.100.9'], " + PORT, ""), port, client))
                .isFalse();
        ServiceObject inside = service(PORT_WITHOUT_NODE_PORT, "");
        assertThat(OutsideRules.needsNodes(inside, ServicePorts.find(inside, Samples.wanted("80")), client))
                .isFalse();
        assertThat(unreachable(reach(nodePort, client, "add this ClusterRole", List.of()))
                        .text())
                .contains("node port 30080", "add this ClusterRole");
        assertThat(unreachable(reach(nodePort, client, null, List.of(node("n1", "True"))))
                        .text())
                .contains("none of 1 known nodes");
    }

    @Test
    void nodes_serve_a_service_in_its_own_families_and_a_balancer_may_translate_F3() {
        String four = "ipFamilies: ['IPv4'], ";
        NodeObject six = node("n1", "True", "InternalIP=fd00::1", "Hostname=n1.example.org");
        ClientPlace client = client(AddressFamily.IPV6);
        assertThat(usable(reached(reach(service("type: 'NodePort', " + four + PORT, ""), client, null, List.of(six)))))
                .containsExactly("n1.example.org:30080");
        assertThat(usable(reached(reach(
                        service("type: 'LoadBalancer', " + four + PORT, "{ip: '2001:db8::7'}"),
                        client,
                        null,
                        List.of()))))
                .containsExactly("[2001:db8::7]:80");
        unreachable(reach(
                service(four + "externalIPs: ['2001:db8::9'], " + PORT_WITHOUT_NODE_PORT, ""),
                client,
                null,
                List.of()));
    }
}
