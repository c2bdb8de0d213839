package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesReading;
import io.inmesh.resolver.kubernetes.proof.Recording.Checkpoint;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Recordings through the deprecated Endpoints (group E): at every checkpoint what may be picked is what the recorded Endpoints objects
 * call ready, in the primary family, and what the slices call ready wherever the service has a selector.
 */
class RecordingEndpointsTest {

    @TestFactory
    Stream<DynamicTest> through_Endpoints_what_may_be_picked_is_what_they_and_the_slices_call_ready()
            throws IOException {
        return Recordings.all().stream()
                .filter(recording -> recording.lists().containsKey(Recording.ENDPOINTS))
                .map(recording -> DynamicTest.dynamicTest(recording.name(), () -> replay(recording)));
    }

    @TestFactory
    Stream<DynamicTest> the_recorded_Endpoints_and_slices_themselves_agree_wherever_there_is_a_selector()
            throws IOException {
        return Recordings.all().stream()
                .filter(recording -> recording.lists().containsKey(Recording.ENDPOINTS))
                .map(recording -> DynamicTest.dynamicTest(recording.name(), () -> {
                    for (Checkpoint checkpoint : recording.checkpoints()) {
                        agree(recording, checkpoint);
                    }
                }));
    }

    private static void agree(Recording recording, Checkpoint checkpoint) {
        Map<String, JsonNode> endpoints = recording.objectsAt(Recording.ENDPOINTS, checkpoint.readMs());
        for (JsonNode service : checkpoint.services()) {
            for (JsonNode port : service.at("/spec/ports")) {
                if (!isAlias(service) && !service.at("/spec/selector").isEmpty()) {
                    assertThat(ready(endpoints.get(Recording.nameOf(service)), service, port, null))
                            .as("%s, %s", checkpoint.after(), Recording.nameOf(service))
                            .isEqualTo(readyInSlices(checkpoint, service, port, null));
                }
            }
        }
    }

    static void replay(Recording recording) {
        try (ScriptedApiServer api = ScriptedApiServer.open()) {
            recording.load(api);
            api.withdraw(ResourceType.ENDPOINT_SLICES);
            try (Clients clients = Clients.of(
                    recording,
                    api.url(),
                    config -> config.withReading(
                            KubernetesReading.DEFAULT.withSource(KubernetesReading.Source.ENDPOINTS)))) {
                long[] before = {-1};
                for (Checkpoint checkpoint : recording.checkpoints()) {
                    recording.linesUntil(checkpoint.readMs()).stream()
                            .filter(line ->
                                    line.ms() > before[0] && !line.plural().equals(Recording.SLICES))
                            .forEach(line -> api.replay(line.text()));
                    before[0] = checkpoint.readMs();
                    Quiet.await(
                            recording.name() + ", " + checkpoint.after(),
                            Duration.ZERO,
                            clients.patience(),
                            () -> differences(recording, checkpoint, clients));
                }
            }
        }
    }

    private static List<String> differences(Recording recording, Checkpoint checkpoint, Clients clients) {
        List<String> differences = new ArrayList<>();
        Map<String, JsonNode> endpoints = recording.objectsAt(Recording.ENDPOINTS, checkpoint.readMs());
        int compared = 0;
        for (JsonNode service : checkpoint.services()) {
            for (Clients.Question question : clients.questions()) {
                for (JsonNode port : service.at("/spec/ports")) {
                    if (asks(question, service, port, recording)) {
                        compared++;
                        compare(service, port, question, clients, endpoints, checkpoint, differences);
                    }
                }
            }
        }
        boolean aliasesOnly = checkpoint.services().stream()
                .allMatch(
                        service -> isAlias(service) || service.at("/spec/ports").isEmpty());
        assertThat(compared > 0 || aliasesOnly).as("something was compared").isTrue();
        differences.addAll(gone(recording, checkpoint, clients));
        return differences;
    }

    private static boolean asks(Clients.Question question, JsonNode service, JsonNode port, Recording recording) {
        String name = Recording.nameOf(service) + "." + recording.namespace();
        KubernetesConfig.Family primary =
                primary(service).equals("IPv6") ? KubernetesConfig.Family.IPV6 : KubernetesConfig.Family.IPV4;
        return !isAlias(service)
                && question.seat().family() == primary
                && Clients.targets(name, port).contains(question.target());
    }

    private static void compare(
            JsonNode service,
            JsonNode port,
            Clients.Question question,
            Clients clients,
            Map<String, JsonNode> endpoints,
            Checkpoint checkpoint,
            List<String> differences) {
        String node = question.seat().place().node();
        List<String> usable = clients.told(question).usable();
        List<String> ready = ready(endpoints.get(Recording.nameOf(service)), service, port, node);
        if (clients.told(question).fact() == null || !usable.equals(ready)) {
            differences.add(question + ": " + clients.told(question).fact() + "\n    Endpoints: " + ready);
        }
        if (!service.at("/spec/selector").isEmpty()) {
            List<String> inSlices = readyInSlices(checkpoint, service, port, node);
            if (!usable.equals(inSlices)) {
                differences.add(question + ": " + usable + "\n    slices: " + inSlices);
            }
        }
    }

    private static List<String> gone(Recording recording, Checkpoint checkpoint, Clients clients) {
        List<String> there = checkpoint.services().stream()
                .map(service -> Recording.nameOf(service) + "." + recording.namespace())
                .toList();
        List<String> differences = new ArrayList<>();
        for (Clients.Question question : clients.questions()) {
            String name = question.target().replaceFirst("[:?].*", "");
            if (name.matches("[^.]+\\.[^.]+") && !there.contains(name)) {
                if (clients.told(question).reason() != Reason.NOT_FOUND) {
                    differences.add(question + ": " + clients.told(question).fact() + ", though it is deleted");
                }
            }
        }
        return differences;
    }

    /** Rule X-6: what exists under an alias's name is ignored, and what is picked is another service's. */
    private static boolean isAlias(JsonNode service) {
        return service.at("/spec/type").asText().equals("ExternalName");
    }

    private static String primary(JsonNode service) {
        return service.at("/spec/ipFamilies/0").asText("IPv4");
    }

    private static boolean mayUse(JsonNode service, @Nullable String clientNode, JsonNode endpoint) {
        boolean headless = service.at("/spec/clusterIP").asText().equals("None"); // It has no traffic policy.
        boolean local =
                !headless && service.at("/spec/internalTrafficPolicy").asText().equals("Local");
        return !local
                || (clientNode != null
                        && Objects.equals(clientNode, endpoint.path("nodeName").asText()));
    }

    /** Rule E-3, read as simply as it can be. */
    private static List<String> ready(
            @Nullable JsonNode endpoints, JsonNode service, JsonNode port, @Nullable String node) {
        List<String> ready = new ArrayList<>();
        if (endpoints != null) {
            for (JsonNode subset : endpoints.path("subsets")) {
                for (JsonNode subsetPort : subset.path("ports")) {
                    for (JsonNode address : subset.path("addresses")) {
                        if (isSamePort(port, subsetPort) && mayUse(service, node, address)) {
                            ready.add(address(address.path("ip").asText(), subsetPort));
                        }
                    }
                }
            }
        }
        return ready.stream().distinct().sorted().toList();
    }

    private static List<String> readyInSlices(
            Checkpoint checkpoint, JsonNode service, JsonNode port, @Nullable String node) {
        List<String> ready = new ArrayList<>();
        for (JsonNode slice : checkpoint.slices()) {
            String owner = slice.at("/metadata/labels")
                    .path("kubernetes.io/service-name")
                    .asText();
            boolean its = owner.equals(Recording.nameOf(service))
                    && slice.path("addressType").asText().equals(primary(service));
            for (JsonNode slicePort : slice.path("ports")) {
                for (JsonNode endpoint : slice.path("endpoints")) {
                    boolean isReady = endpoint.at("/conditions/ready").asBoolean(true);
                    if (its && isReady && isSamePort(port, slicePort) && mayUse(service, node, endpoint)) {
                        ready.add(address(endpoint.at("/addresses/0").asText(), slicePort));
                    }
                }
            }
        }
        return ready.stream().distinct().sorted().toList();
    }

    private static boolean isSamePort(JsonNode one, JsonNode other) {
        return one.path("name").asText("").equals(other.path("name").asText(""))
                && one.path("protocol")
                        .asText("TCP")
                        .equals(other.path("protocol").asText("TCP"));
    }

    private static String address(String ip, JsonNode port) {
        return Endpoint.of(ip, port.path("port").asInt()).address();
    }
}
