package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules S-20 to S-22, S-25, S-26, S-28: a client outside the pod network. */
class OutsideRulesTest extends OutsideScene {

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
}
