package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a client outside the pod network is answered while something of what it asks for cannot be had. */
class OutsideQuestionRulesTest extends OutsideScene {
    private static final Trouble NO_SUCH_NAME = new Trouble(Reason.NOT_SYNCED, "lookup", "it cannot be looked up");
    private static final String TWO_BALANCERS = "{ip: '203.0.113.7'}, {hostname: 'lb.example.org'}";
    private static final Source.AddressesOf LB = new Source.AddressesOf("lb.example.org");

    private static Findings knowing(ServiceObject service) {
        return new Findings()
                .with(new Source.OneService(Samples.SHOP), Optional.of(service))
                .with(
                        new Source.SlicesOf(Samples.SHOP),
                        List.of(Samples.slice(
                                "s1", "1", "{addresses: ['10.1.0.1'], nodeName: 'n1', conditions: {ready: true}}")));
    }

    private static Answer answer(Findings known) {
        return new ServiceQuestion(Samples.wanted("80"), Samples.rules(client(AddressFamily.IPV4))).answer(known);
    }

    private static List<String> usable(Answer answer) {
        assertThat(answer.result()).isInstanceOf(Answer.Found.class);
        return ((Answer.Found) Objects.requireNonNull(answer.result()))
                .endpoints().stream()
                        .filter(endpoint -> endpoint.usability().isUsable())
                        .map(Endpoint::address)
                        .toList();
    }

    @Test
    void a_name_that_cannot_be_looked_up_is_left_out_while_other_addresses_serve_S21() {
        Findings known = knowing(service("type: 'LoadBalancer', " + PORT, TWO_BALANCERS));
        assertThat(answer(known).result()).as("as long as the lookup runs").isNull();
        Answer answer = answer(known.with(LB, NO_SUCH_NAME));
        assertThat(usable(answer)).containsExactly("203.0.113.7:80");
        assertThat(answer.trouble()).isEqualTo(NO_SUCH_NAME);
        Answer later = answer(known.with(LB, List.of("203.0.113.9")));
        assertThat(usable(later)).containsExactly("203.0.113.7:80", "203.0.113.9:80");
        assertThat(later.trouble()).isNull();
    }

    @Test
    void where_no_name_can_be_looked_up_nothing_is_concluded_S21() {
        Answer answer = answer(knowing(service("type: 'LoadBalancer', " + PORT, "{hostname: 'lb.example.org'}"))
                .with(LB, NO_SUCH_NAME));
        assertThat(answer.result()).isNull();
        assertThat(answer.trouble()).isEqualTo(NO_SUCH_NAME);
    }

    @Test
    void addresses_of_the_service_itself_are_used_where_slices_may_not_be_read_S21_S25() {
        Trouble forbidden = new Trouble(Reason.FORBIDDEN, "403", "add this Role");
        for (ServiceObject service : List.of(
                service("type: 'LoadBalancer', " + PORT, "{ip: '203.0.113.7'}"),
                service("externalIPs: ['203.0.113.7'], " + PORT_WITHOUT_NODE_PORT, ""))) {
            Answer answer = answer(refusing(service, forbidden));
            assertThat(usable(answer)).containsExactly("203.0.113.7:80");
            assertThat(answer.trouble()).isNull();
            assertThat(answer.warnings()).singleElement().asString().contains("S-10", "add this Role");
        }
        Answer nodePort = answer(refusing(service("type: 'NodePort', " + PORT, ""), forbidden)
                .with(new Source.AllNodes(), List.of(node("n1", "True", "InternalIP=10.0.0.1"))));
        assertThat(usable(nodePort)).as("any node serves under Cluster").containsExactly("10.0.0.1:30080");
        Answer local =
                answer(refusing(service("type: 'NodePort', externalTrafficPolicy: 'Local', " + PORT, ""), forbidden));
        assertThat(local.result())
                .as("slices tell which nodes serve under Local")
                .isNull();
        assertThat(local.trouble()).isEqualTo(forbidden);
    }

    @Test
    void slices_that_are_only_late_are_waited_for_as_inside_A14() {
        Answer answer = answer(new Findings()
                .with(
                        new Source.OneService(Samples.SHOP),
                        Optional.of(service("type: 'LoadBalancer', " + PORT, "{ip: '203.0.113.7'}"))));
        assertThat(answer.result()).isNull();
    }

    private static Findings refusing(ServiceObject service, Trouble forbidden) {
        return knowing(service)
                .with(new Source.SlicesOf(Samples.SHOP), forbidden)
                .with(new Source.EndpointsOf(Samples.SHOP), forbidden);
    }

    @Test
    void names_of_nodes_that_must_not_be_chosen_are_not_looked_up_S24() {
        Source.AddressesOf serving = new Source.AddressesOf("n1.example.org");
        Source.AddressesOf idle = new Source.AddressesOf("n2.example.org");
        Findings known = knowing(service("type: 'NodePort', externalTrafficPolicy: 'Local', " + PORT, ""))
                .with(
                        new Source.AllNodes(),
                        List.of(
                                node("n1", "True", "Hostname=n1.example.org"),
                                node("n2", "True", "Hostname=n2.example.org")))
                .with(serving, List.of("10.0.0.1"));
        assertThat(usable(answer(known))).containsExactly("10.0.0.1:30080");
        assertThat(known.asked()).contains(serving).doesNotContain(idle);
    }
}
