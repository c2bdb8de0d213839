package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SLICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptedServiceTest {
    private static final String OF_ORDERS = SLICES + "?labelSelector=kubernetes.io/service-name=orders";

    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final RawClient client = new RawClient(server);
    private final ScriptedService orders =
            ScriptedService.of(server, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));

    @AfterEach
    void close() {
        server.close();
    }

    private List<JsonNode> slices() throws Exception {
        List<JsonNode> slices = new ArrayList<>();
        client.list(OF_ORDERS).path("items").forEach(slices::add);
        return slices;
    }

    private List<String> endpoints() throws Exception {
        List<String> endpoints = new ArrayList<>();
        for (JsonNode slice : slices()) {
            slice.path("endpoints").forEach(endpoint -> endpoints.add(said(slice, endpoint)));
        }
        return endpoints;
    }

    private static String said(JsonNode slice, JsonNode endpoint) {
        JsonNode conditions = endpoint.path("conditions");
        return endpoint.at("/addresses/0").asText() + ":"
                + slice.at("/ports/0/port").asText()
                + (conditions.path("ready").asBoolean() ? " ready" : "")
                + (conditions.path("serving").asBoolean() ? " serving" : "")
                + (conditions.path("terminating").asBoolean() ? " terminating" : "");
    }

    @Test
    void a_service_without_pods_owns_a_placeholder() throws Exception {
        assertThat(slices()).singleElement().satisfies(slice -> {
            assertThat(slice.path("endpoints").isNull()).isTrue();
            assertThat(slice.path("ports").isNull()).isTrue();
        });
    }

    @Test
    void a_pod_becomes_ready_drains_and_vanishes_in_one_slice() throws Exception {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1").on("node-1", "zone-a").in(ScriptedPod.State.UNREADY));
        String slice = slices().get(0).at("/metadata/name").asText();
        assertThat(endpoints()).containsExactly("10.0.0.1:8080");
        orders.ready("orders-1");
        assertThat(endpoints()).containsExactly("10.0.0.1:8080 ready serving");
        orders.drain("orders-1");
        assertThat(endpoints()).containsExactly("10.0.0.1:8080 serving terminating");
        JsonNode endpoint = slices().get(0).at("/endpoints/0");
        assertThat(endpoint.path("nodeName").asText()).isEqualTo("node-1");
        assertThat(endpoint.path("zone").asText()).isEqualTo("zone-a");
        JsonNode pod = server.find(ResourceType.PODS, "shop", "orders-1").orElseThrow();
        assertThat(pod.at("/metadata/deletionTimestamp").asText()).isNotEmpty();
        assertThat(endpoint.at("/targetRef/uid")).isEqualTo(pod.at("/metadata/uid"));
        orders.remove("orders-1");
        assertThat(endpoints()).isEmpty();
        assertThat(slices()).singleElement().satisfies(left -> assertThat(
                        left.at("/metadata/name").asText())
                .isEqualTo(slice));
        assertThat(server.find(ResourceType.PODS, "shop", "orders-1")).isEmpty();
    }

    @Test
    void no_slice_holds_more_than_a_hundred_and_endpoints_stay_where_they_are() throws Exception {
        orders.add(IntStream.range(0, 250)
                .mapToObj(i -> ScriptedPod.of("orders-" + i, "10.0." + i / 200 + "." + (1 + i % 200)))
                .toArray(ScriptedPod[]::new));
        assertThat(slices()).hasSize(3);
        assertThat(endpoints()).hasSize(250).doesNotHaveDuplicates();
        String before = server.resourceVersion();
        orders.unready("orders-5");
        // The pod and the one slice that holds it.
        assertThat(Long.parseLong(server.resourceVersion()) - Long.parseLong(before))
                .isEqualTo(2);
        orders.remove(IntStream.range(0, 250).mapToObj(i -> "orders-" + i).toArray(String[]::new));
        assertThat(slices()).hasSize(1);
        assertThat(endpoints()).isEmpty();
    }

    @Test
    void pods_whose_named_port_has_other_numbers_are_in_slices_of_their_own() throws Exception {
        ScriptedService carts = ScriptedService.of(server, "shop", "carts", ScriptedPort.tcp("grpc", 80, "grpc"));
        carts.add(
                ScriptedPod.of("carts-1", "127.0.0.1").withPort("grpc", 4001),
                ScriptedPod.of("carts-2", "127.0.0.1").withPort("grpc", 4002),
                ScriptedPod.of("carts-3", "127.0.0.3").withPort("grpc", 4001));
        List<String> numbers = new ArrayList<>();
        for (JsonNode slice : client.list(OF_ORDERS.replace("orders", "carts")).path("items")) {
            numbers.add(slice.at("/ports/0/name").asText()
                    + slice.at("/ports/0/port").asText() + "x"
                    + slice.path("endpoints").size());
        }
        assertThat(numbers).containsExactlyInAnyOrder("grpc4001x2", "grpc4002x1");
    }

    @Test
    void traffic_distribution_becomes_hints_and_pods_may_bring_their_own() throws Exception {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1").on("node-1", "zone-a"));
        assertThat(slices().get(0).at("/endpoints/0/hints").isMissingNode()).isTrue();
        orders.update(service -> service.withObject("/spec").put("trafficDistribution", "PreferSameNode"));
        JsonNode hints = slices().get(0).at("/endpoints/0/hints");
        assertThat(hints.at("/forZones/0/name").asText()).isEqualTo("zone-a");
        assertThat(hints.at("/forNodes/0/name").asText()).isEqualTo("node-1");
        orders.change("orders-1", pod -> pod.withHints(new ScriptedPod.Hints(List.of("zone-b"), List.of())));
        hints = slices().get(0).at("/endpoints/0/hints");
        assertThat(hints.at("/forZones/0/name").asText()).isEqualTo("zone-b");
        assertThat(hints.has("forNodes")).isFalse();
    }

    @Test
    void both_families_have_slices_of_their_own_once_the_service_has_both() throws Exception {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1", "fd00::1"));
        assertThat(endpoints()).containsExactly("10.0.0.1:8080 ready serving");
        orders.update(
                service -> service.withObject("/spec").withArray("ipFamilies").add("IPv6"));
        assertThat(endpoints()).containsExactlyInAnyOrder("10.0.0.1:8080 ready serving", "fd00::1:8080 ready serving");
        assertThat(slices())
                .extracting(slice -> slice.path("addressType").asText())
                .containsExactlyInAnyOrder("IPv4", "IPv6");
    }

    @Test
    void an_annotation_changes_the_service_and_nothing_else() throws Exception {
        orders.annotate("inmesh.io/policy", "round-robin");
        String before = server.resourceVersion();
        orders.annotate("inmesh.io/policy", "random");
        assertThat(server.find(ResourceType.SERVICES, "shop", "orders")
                        .orElseThrow()
                        .at("/metadata/annotations/inmesh.io~1policy")
                        .asText())
                .isEqualTo("random");
        assertThat(Long.parseLong(server.resourceVersion()) - Long.parseLong(before))
                .isEqualTo(1);
    }

    @Test
    void the_service_may_go_before_its_slices_and_come_back_as_another() throws Exception {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        String uid = uid();
        orders.deleteService();
        assertThat(server.find(ResourceType.SERVICES, "shop", "orders")).isEmpty();
        assertThat(endpoints()).hasSize(1);
        orders.annotate("back", "yes");
        assertThat(uid()).isNotEqualTo(uid);
        orders.delete();
        assertThat(slices()).isEmpty();
        assertThat(server.find(ResourceType.PODS, "shop", "orders-1")).isEmpty();
    }

    private String uid() {
        return server.find(ResourceType.SERVICES, "shop", "orders")
                .orElseThrow()
                .at("/metadata/uid")
                .asText();
    }

    @Test
    void an_unknown_pod_is_named_with_those_there_are() {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        assertThatThrownBy(() -> orders.drain("orders-2"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("service orders.shop has no pod 'orders-2' (expected: one of [orders-1])");
    }
}
