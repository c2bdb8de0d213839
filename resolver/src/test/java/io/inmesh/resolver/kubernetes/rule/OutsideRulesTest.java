package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.NodeReader;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules S-20 to S-28: a client outside the pod network. */
class OutsideRulesTest {
    private static final String PORT = "ports: [{name: 'http', port: 80, nodePort: 30080}]";
    private static final String PORT_WITHOUT_NODE_PORT = "ports: [{name: 'http', port: 80}]";
    private static final List<JoinedEndpoint> ON_N1 = JudgedSamples.endpoints("rs@n1");

    private static ClientPlace client(AddressFamily... host) {
        return new ClientPlace(Locality.UNKNOWN, "no service account's files", null, Set.of(host));
    }

    private static ServiceObject service(String spec, String ingress) {
        return Samples.service("{metadata: {name: 'shop', namespace: 'prod'}, spec: {clusterIP: '10.96.0.1', " + spec
                + "}, status: {loadBalancer: {ingress: [" + ingress + "]}}}");
    }

    private static NodeObject node(String name, String ready, String... addresses) {
        String list = String.join(
                ", ",
                Arrays.stream(addresses)
                        .map(each -> {
                            String[] parts = each.split("=", 2);
                            return "{type: '" + parts[0] + "', address: '" + parts[1] + "'}";
                        })
                        .toList());
        return NodeReader.read(Samples.json("{metadata: {name: '" + name
                + "', labels: {'topology.kubernetes.io/zone': 'zone-" + name
                + "'}}, status: {conditions: [{type: 'Ready',"
                + " status: '" + ready + "'}], addresses: [" + list + "]}}"));
    }

    private static OutsideRules.Answer reach(
            ServiceObject service, ClientPlace client, @Nullable String refused, List<NodeObject> nodes) {
        return reach(service, client, refused, nodes, ON_N1);
    }

    private static OutsideRules.Answer reach(
            ServiceObject service,
            ClientPlace client,
            @Nullable String refused,
            List<NodeObject> nodes,
            List<JoinedEndpoint> behind) {
        Wanted wanted = Samples.wanted("80");
        OutsideView view =
                new OutsideView(client, nodes, refused, family -> family == AddressFamily.IPV4 ? behind : List.of());
        return OutsideRules.reach(wanted, service, ServicePorts.find(service, wanted), view);
    }

    private static OutsideRules.Reached reached(OutsideRules.Answer answer) {
        assertThat(answer).isInstanceOf(OutsideRules.Reached.class);
        return (OutsideRules.Reached) answer;
    }

    private static OutsideRules.Reached reached(ServiceObject service, NodeObject... nodes) {
        return reached(reach(service, client(AddressFamily.IPV4), null, List.of(nodes)));
    }

    private static Unresolved unreachable(OutsideRules.Answer answer) {
        assertThat(answer).isInstanceOf(OutsideRules.None.class);
        Unresolved unresolved = ((OutsideRules.None) answer).unresolved();
        assertThat(unresolved.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(unresolved.text()).startsWith("shop in namespace prod, port 80: ");
        return unresolved;
    }

    private static List<String> usable(OutsideRules.Reached reached) {
        return reached.endpoints().stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .map(Endpoint::address)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"type: 'ClusterIP', " + PORT_WITHOUT_NODE_PORT, PORT_WITHOUT_NODE_PORT})
    void pod_addresses_are_never_used_and_cluster_ip_alone_is_unreachable_S20_S28(String spec) {
        Unresolved none = unreachable(reach(service(spec, ""), client(AddressFamily.IPV4), null, List.of()));
        assertThat(none.text())
                .contains("ClusterIP", "no service account's files", "inmesh.kubernetes.network=inside", "S-28");
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "9999"})
    void headless_is_unreachable_whatever_the_port_S28(String port) {
        ServiceObject service = Samples.serviceWith("{clusterIP: 'None', " + PORT_WITHOUT_NODE_PORT + "}");
        Wanted wanted = Samples.wanted(port);
        OutsideRules.Answer answer = OutsideRules.reach(
                wanted,
                service,
                ServicePorts.find(service, wanted),
                new OutsideView(client(AddressFamily.IPV4), List.of(), null, family -> ON_N1));
        assertThat(answer).isInstanceOfSatisfying(OutsideRules.None.class, none -> {
            assertThat(none.unresolved().reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(none.unresolved().text()).contains("headless", "S-28");
        });
    }

    @Test
    void a_port_that_the_service_lacks_is_refused_as_inside_S11() {
        ServiceObject service = service("type: 'NodePort', " + PORT, "");
        Wanted wanted = Samples.wanted("30080");
        assertThat(OutsideRules.reach(
                        wanted,
                        service,
                        ServicePorts.find(service, wanted),
                        new OutsideView(client(AddressFamily.IPV4), List.of(), null, family -> ON_N1)))
                .isInstanceOfSatisfying(
                        OutsideRules.None.class,
                        none -> assertThat(none.unresolved().reason()).isEqualTo(Reason.NO_SUCH_PORT));
    }

    @Test
    void each_balancer_entry_is_used_with_the_service_port_S21() {
        OutsideRules.Reached reached = reached(
                service(
                        "type: 'LoadBalancer', " + PORT,
                        "{ip: '203.0.113.7'}, {hostname: 'lb.example.org'}, {ip: '203.0.113.8', hostname: 'same.example.org'}"));
        assertThat(usable(reached)).containsExactly("203.0.113.7:80", "lb.example.org:80", "203.0.113.8:80");
        assertThat(reached.words()).isNull();
        assertThat(reached.explanation())
                .contains("load balancer, 203.0.113.7:80, lb.example.org:80", "other ways: node port 30080");
    }

    @Test
    void a_port_that_the_balancer_could_not_set_up_is_left_out_S21() {
        String failed = "{ip: '203.0.113.7', ports: [{port: 80, protocol: 'TCP', error: 'MixedProtocol'}]}";
        OutsideRules.Reached other = reached(service(
                "type: 'LoadBalancer', " + PORT,
                failed + ", {ip: '203.0.113.8', ports: [{port: 80, protocol: 'UDP', error: 'X'}, {port: 80}]}"));
        assertThat(usable(other)).containsExactly("203.0.113.8:80");
        assertThat(other.explanation()).contains("could not be set up at 203.0.113.7 (MixedProtocol)");
        Unresolved none = unreachable(reach(
                service("type: 'LoadBalancer', " + PORT_WITHOUT_NODE_PORT, failed),
                client(AddressFamily.IPV4),
                null,
                List.of()));
        assertThat(none.text()).contains("MixedProtocol");
    }

    @Test
    void a_balancer_without_entries_is_pending_and_node_ports_serve_meanwhile_S21_S23() {
        ServiceObject pending = service("type: 'LoadBalancer', " + PORT, "");
        OutsideRules.Reached reached = reached(pending, node("n1", "True", "InternalIP=10.0.0.1"));
        assertThat(usable(reached)).containsExactly("10.0.0.1:30080");
        assertThat(reached.explanation()).contains("pending");
        Unresolved none = unreachable(reach(
                service("type: 'LoadBalancer', " + PORT_WITHOUT_NODE_PORT, ""),
                client(AddressFamily.IPV4),
                null,
                List.of()));
        assertThat(none.text()).contains("pending");
    }

    @Test
    void an_address_that_traffic_must_leave_for_is_used_from_outside_like_any_S22() {
        ServiceObject proxy = service("type: 'LoadBalancer', " + PORT, "{ip: '203.0.113.7', ipMode: 'Proxy'}");
        assertThat(usable(reached(proxy))).containsExactly("203.0.113.7:80");
        assertThat(proxy.exposure().balancerVips(AddressFamily.IPV4)).isEmpty();
        ServiceObject virtual = service("type: 'LoadBalancer', " + PORT, "{ip: '203.0.113.7'}");
        assertThat(virtual.exposure().balancerVips(AddressFamily.IPV4)).containsExactly("203.0.113.7");
    }

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
    void external_ips_are_used_with_the_service_port_after_the_balancer_S25() {
        String spec = "externalIPs: ['198.51.100.9', '2001:db8::9'], ";
        OutsideRules.Reached plain = reached(service(spec + PORT_WITHOUT_NODE_PORT, ""));
        assertThat(usable(plain)).containsExactly("198.51.100.9:80");
        assertThat(plain.explanation()).contains("AllowServiceExternalIPs");
        OutsideRules.Reached balanced = reached(service("type: 'LoadBalancer', " + spec + PORT, "{ip: '203.0.113.7'}"));
        assertThat(usable(balanced)).containsExactly("203.0.113.7:80");
        assertThat(balanced.explanation()).contains("other ways: external IPs, 198.51.100.9:80");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[' 10.0.0.0/8 ', '192.0.2.0/24'] | admits only 10.0.0.0/8, 192.0.2.0/24",
                "['10.0.0.0/8', '0.0.0.0/0'] | ''",
                "['::/0 '] | ''",
            })
    void source_ranges_are_told_of_balancers_and_mean_nothing_for_node_ports_S26(String ranges, String told) {
        String spec = "type: 'LoadBalancer', loadBalancerSourceRanges: " + ranges + ", " + PORT;
        String explanation = reached(service(spec, "{ip: '203.0.113.7'}")).explanation();
        assertThat(explanation).contains(told);
        assertThat(explanation.contains("admits only")).isEqualTo(!told.isEmpty());
        assertThat(reached(
                                service("type: 'NodePort', loadBalancerSourceRanges: ['10.0.0.0/8'], " + PORT, ""),
                                node("n1", "True", "InternalIP=10.0.0.1"))
                        .explanation())
                .doesNotContain("admits");
    }

    @Test
    void nothing_usable_behind_any_way_is_said_at_once_S10() {
        ServiceObject service = service("type: 'LoadBalancer', " + PORT, "{ip: '203.0.113.7'}");
        OutsideRules.Reached reached =
                reached(reach(service, client(AddressFamily.IPV4), null, List.of(), JudgedSamples.endpoints("s@n1")));
        assertThat(usable(reached)).isEmpty();
        assertThat(reached.words())
                .satisfies(words -> assertThat(words.reason()).isEqualTo(Reason.NO_ENDPOINTS));
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
