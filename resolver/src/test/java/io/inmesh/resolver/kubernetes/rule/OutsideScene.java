package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.NodeReader;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client outside the pod network, and what it finds there. */
abstract class OutsideScene {
    static final String PORT = "ports: [{name: 'http', port: 80, nodePort: 30080}]";
    static final String PORT_WITHOUT_NODE_PORT = "ports: [{name: 'http', port: 80}]";
    static final List<JoinedEndpoint> ON_N1 = JudgedSamples.endpoints("rs@n1");

    static ClientPlace client(AddressFamily... host) {
        return new ClientPlace(Locality.UNKNOWN, "no service account's files", null, Set.of(host));
    }

    static ServiceObject service(String spec, String ingress) {
        return Samples.service("{metadata: {name: 'shop', namespace: 'prod'}, spec: {clusterIP: '10.96.0.1', " + spec
                + "}, status: {loadBalancer: {ingress: [" + ingress + "]}}}");
    }

    static NodeObject node(String name, String ready, String... addresses) {
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

    static OutsideRules.Answer reach(
            ServiceObject service, ClientPlace client, @Nullable String refused, List<NodeObject> nodes) {
        return reach(service, client, refused, nodes, ON_N1);
    }

    static OutsideRules.Answer reach(
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

    static OutsideRules.Reached reached(OutsideRules.Answer answer) {
        assertThat(answer).isInstanceOf(OutsideRules.Reached.class);
        return (OutsideRules.Reached) answer;
    }

    static OutsideRules.Reached reached(ServiceObject service, NodeObject... nodes) {
        return reached(reach(service, client(AddressFamily.IPV4), null, List.of(nodes)));
    }

    static Unresolved unreachable(OutsideRules.Answer answer) {
        assertThat(answer).isInstanceOf(OutsideRules.None.class);
        Unresolved unresolved = ((OutsideRules.None) answer).unresolved();
        assertThat(unresolved.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(unresolved.text()).startsWith("shop in namespace prod, port 80: ");
        return unresolved;
    }

    static List<String> usable(OutsideRules.Reached reached) {
        return reached.endpoints().stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .map(Endpoint::address)
                .toList();
    }
}
