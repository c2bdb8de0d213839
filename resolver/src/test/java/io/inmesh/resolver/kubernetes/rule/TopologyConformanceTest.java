package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.Json;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which endpoints a pod that uses the service's name gets, as far as conditions alone decide it (group C). */
class TopologyConformanceTest {

    @TestFactory
    Stream<DynamicTest> topology_cases_decided_by_conditions() throws IOException {
        List<DynamicTest> tests = ConformanceCases.cases("topology-cases.json").stream()
                .filter(TopologyConformanceTest::isDecidedByConditions)
                .map(each -> DynamicTest.dynamicTest(
                        each.path("id").asText() + ": " + each.path("title").asText(), () -> run(each)))
                .toList();
        assertThat(tests).hasSizeGreaterThan(5);
        return tests.stream();
    }

    private static boolean isDecidedByConditions(JsonNode each) {
        boolean cluster = !each.at("/service/internalTrafficPolicy").asText().equals("Local");
        boolean hinted = ConformanceCases.list(each.path("endpoints")).stream()
                .anyMatch(endpoint -> !endpoint.path("hintsForZones").isEmpty()
                        || !endpoint.path("hintsForNodes").isEmpty());
        return cluster && !hinted;
    }

    private static void run(JsonNode each) {
        List<JoinedEndpoint> endpoints = new ArrayList<>();
        each.path("endpoints").forEach(endpoint -> endpoints.add(joined(endpoint)));
        List<String> usable = UsabilityRules.judge(endpoints).stream()
                .filter(judged -> judged.usability().isUsable())
                .map(judged -> judged.joined().endpoint().address())
                .toList();
        assertThat(usable)
                .containsExactlyInAnyOrderElementsOf(ConformanceCases.texts(each.at("/expect/inCluster/reachable")));
        assertThat(usable.isEmpty())
                .isEqualTo(each.at("/expect/inCluster/outcome").asText().equals("NO_ENDPOINTS"));
    }

    private static JoinedEndpoint joined(JsonNode endpoint) {
        SliceEndpoint of = new SliceEndpoint(
                endpoint.path("address").asText(),
                endpoint.path("ready").asBoolean(),
                endpoint.path("serving").asBoolean(),
                endpoint.path("terminating").asBoolean(),
                new Locality(Json.text(endpoint, "nodeName"), Json.text(endpoint, "zone")),
                null,
                null,
                null,
                List.of(),
                List.of());
        return new JoinedEndpoint(of, 80, null);
    }
}
