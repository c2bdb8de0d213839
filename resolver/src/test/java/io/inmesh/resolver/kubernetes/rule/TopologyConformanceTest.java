package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.Json;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServiceReader;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which endpoints of one port are used, given conditions, policies, node, zone and hints (groups C, L, T). */
class TopologyConformanceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> topology_cases() throws IOException {
        return ConformanceCases.of("topology-cases.json", TopologyConformanceTest::run);
    }

    private static void run(JsonNode each) {
        List<JoinedEndpoint> endpoints = new ArrayList<>();
        each.path("endpoints").forEach(endpoint -> endpoints.add(joined(endpoint)));
        ServiceObject service = service(each.path("service"));
        JsonNode client = each.path("client");
        Locality place = new Locality(Json.text(client, "nodeName"), Json.text(client, "zone"));
        HintUse hints = client.path("useNodeHints").asBoolean(true) ? HintUse.NODES_AND_ZONES : HintUse.ZONES;

        JsonNode expect = each.path("expect");
        Judgement pod = UsabilityRules.judge(endpoints, service.internalPolicy(), place, hints);
        shown(expect, "inCluster", expected -> assertReached(pod, expected));

        NodeView node = NodeView.of(endpoints, service, service.ports().get(0), family(endpoints), place, hints);
        shown(expect, "inCluster", expected -> assertReached(node.inCluster(), expected));
        shown(expect, "cluster", expected -> assertSet(node.cluster(), expected));
        shown(expect, "local", expected -> assertSet(node.local(), expected));
        shown(expect, "all", expected -> assertThat(addresses(node.all()))
                .hasSameElementsAs(ConformanceCases.texts(expected)));
        shown(expect, "hasAnyEndpoints", expected -> assertThat(node.hasAnyEndpoints())
                .isEqualTo(expected.asBoolean()));
        shown(expect, "onlyRemoteEndpoints", expected -> assertThat(node.onlyRemoteEndpoints())
                .isEqualTo(expected.asBoolean()));
        shown(expect, "externalAtNode", expected -> {
            Judgement entering = node.externalAtNode();
            assertThat(entering == null).as("externalAtNode is null").isEqualTo(expected.isNull());
            if (entering != null) {
                assertReached(entering, expected);
            }
        });
    }

    /** That of its addresses: a case is one port of one family. */
    private static AddressFamily family(List<JoinedEndpoint> endpoints) {
        return endpoints.stream()
                .flatMap(each -> AddressFamily.of(each.endpoint().address()).stream())
                .findFirst()
                .orElse(AddressFamily.IPV4);
    }

    /** Fields that a case does not show are not to be asserted. */
    private static void shown(JsonNode expect, String field, Consumer<JsonNode> assertion) {
        if (expect.has(field)) {
            assertion.accept(expect.path(field));
        }
    }

    private static void assertReached(Judgement judgement, JsonNode expected) {
        shown(expected, "reachable", reachable -> assertThat(addresses(judgement.usable()))
                .containsExactlyInAnyOrderElementsOf(ConformanceCases.texts(reachable)));
        Unresolved nothing = judgement.nothingUsable("shop");
        shown(expected, "outcome", outcome -> assertThat(
                        nothing == null ? "OK" : nothing.reason().toString())
                .isEqualTo(outcome.asText()));
    }

    /** A set that is null was not computed, or nothing was published; both count as empty. */
    private static void assertSet(@Nullable Judgement set, JsonNode expected) {
        assertThat(set == null ? List.of() : addresses(set.usable()))
                .containsExactlyInAnyOrderElementsOf(ConformanceCases.texts(expected));
    }

    private static List<String> addresses(List<JoinedEndpoint> endpoints) {
        return Samples.addresses(endpoints);
    }

    /** The case's few fields as the API would send them. */
    private static ServiceObject service(JsonNode said) {
        ObjectNode object = JSON.createObjectNode();
        object.putObject("metadata").put("name", "shop").put("namespace", "prod");
        ObjectNode spec = said.deepCopy();
        spec.put("clusterIP", "10.96.0.20");
        spec.putArray("ports")
                .addObject()
                .put("port", 80)
                .put("nodePort", said.path("nodePort").asInt());
        object.set("spec", spec);
        object.putObject("status").putObject("loadBalancer").set("ingress", said.path("loadBalancerIngress"));
        return ServiceReader.read(object);
    }

    private static JoinedEndpoint joined(JsonNode endpoint) {
        String address = endpoint.path("address").asText();
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        SliceEndpoint of = new SliceEndpoint(
                host,
                endpoint.path("ready").asBoolean(true),
                endpoint.path("serving").asBoolean(true),
                endpoint.path("terminating").asBoolean(),
                new Locality(Json.text(endpoint, "nodeName"), Json.text(endpoint, "zone")),
                null,
                null,
                null,
                ConformanceCases.texts(endpoint.path("hintsForZones")),
                ConformanceCases.texts(endpoint.path("hintsForNodes")));
        int port = Integer.parseInt(address.substring(colon + 1));
        assertThat(Endpoint.of(host, port).address()).isEqualTo(address);
        return new JoinedEndpoint(of, port, null);
    }
}
