package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rule F-5 for a client outside the pod network: which family serves is decided on usable endpoints of the port. */
class OutsideFamilyRulesTest extends OutsideScene {
    private static final String DUAL = "ipFamilies: ['IPv4', 'IPv6'], ";
    private static final NodeObject NODE =
            node("n1", "True", "ExternalIP=198.51.100.1", "InternalIP=10.0.0.1", "InternalIP=fd00::1");
    private static final Map<AddressFamily, List<JoinedEndpoint>> SIX_ONLY = Map.of(
            AddressFamily.IPV4, JudgedSamples.endpoints("s@n1"), AddressFamily.IPV6, JudgedSamples.endpoints("rs@n1"));
    private static final Map<AddressFamily, List<JoinedEndpoint>> BOTH = Map.of(
            AddressFamily.IPV4, JudgedSamples.endpoints("rs@n1"), AddressFamily.IPV6, JudgedSamples.endpoints("rs@n1"));

    private static OutsideRules.Reached reached(
            ServiceObject service, ClientPlace client, Map<AddressFamily, List<JoinedEndpoint>> behind) {
        Wanted wanted = Samples.wanted("80");
        OutsideView view =
                new OutsideView(client, List.of(NODE), null, family -> behind.getOrDefault(family, List.of()));
        return reached(OutsideRules.reach(wanted, service, ServicePorts.find(service, wanted), view));
    }

    private static OutsideRules.Reached reached(
            ServiceObject service, Map<AddressFamily, List<JoinedEndpoint>> behind) {
        return reached(service, client(AddressFamily.IPV4, AddressFamily.IPV6), behind);
    }

    @Test
    void node_ports_of_the_other_family_serve_while_the_preferred_one_has_nothing_usable_F5() {
        ServiceObject service = service("type: 'NodePort', " + DUAL + PORT, "");
        OutsideRules.Reached six = reached(service, SIX_ONLY);
        assertThat(usable(six)).containsExactly("[fd00::1]:30080");
        assertThat(six.words()).isNull();
        assertThat(usable(reached(service, BOTH)))
                .as("the preferred family is back as soon as it has usable endpoints")
                .containsExactly("198.51.100.1:30080");
    }

    @Test
    void a_better_kind_of_address_of_a_family_without_usable_endpoints_lures_nobody_S23_F5() {
        NodeObject node = node("n1", "True", "ExternalIP=2001:db8::1", "InternalIP=10.0.0.1");
        ServiceObject service = service("type: 'NodePort', " + DUAL + PORT, "");
        assertThat(usable(reached(reach(service, client(AddressFamily.IPV4, AddressFamily.IPV6), null, List.of(node)))))
                .containsExactly("10.0.0.1:30080");
    }

    @Test
    void under_local_as_well_F5_S24() {
        ServiceObject service = service("type: 'NodePort', externalTrafficPolicy: 'Local', " + DUAL + PORT, "");
        assertThat(usable(reached(service, SIX_ONLY))).containsExactly("[fd00::1]:30080");
    }

    @Test
    void external_ips_and_balancer_addresses_of_the_other_family_likewise_F5() {
        ServiceObject external =
                service(DUAL + "externalIPs: ['198.51.100.9', '2001:db8::9'], " + PORT_WITHOUT_NODE_PORT, "");
        assertThat(usable(reached(external, SIX_ONLY))).containsExactly("[2001:db8::9]:80");
        assertThat(usable(reached(external, BOTH))).containsExactly("198.51.100.9:80");
        ServiceObject balanced =
                service("type: 'LoadBalancer', " + DUAL + PORT, "{ip: '203.0.113.7'}, {ip: '2001:db8::7'}");
        assertThat(usable(reached(balanced, SIX_ONLY))).containsExactly("[2001:db8::7]:80");
        assertThat(usable(reached(balanced, BOTH))).containsExactly("203.0.113.7:80");
    }

    @Test
    void a_family_that_this_host_lacks_is_no_way_out_F4_F5() {
        ServiceObject service = service("type: 'NodePort', " + DUAL + PORT, "");
        OutsideRules.Reached reached = reached(service, client(AddressFamily.IPV4), SIX_ONLY);
        assertThat(usable(reached)).isEmpty();
        assertThat(reached.words())
                .satisfies(words -> assertThat(words.reason()).isEqualTo(Reason.NO_ENDPOINTS));
    }
}
