package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.WatchAge;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedNode;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over real HTTP: what is resolved from other objects than Services and slices, or with their help. */
class ServiceKindsTest {
    private static final String TWO_ADDRESSES =
            "{\"kind\":\"Endpoints\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"orders\","
                    + "\"namespace\":\"shop\"},\"subsets\":[{\"addresses\":[{\"ip\":\"10.0.9.1\"},{\"ip\":\"10.0.9.2\"}],"
                    + "\"ports\":[{\"name\":\"http\",\"port\":8080,\"protocol\":\"TCP\"}]}]}";

    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Scheduler scheduler = Scheduler.system("kinds-test");
    private final Context context = new Context(NanoClock.system(), scheduler);
    private final KubernetesConfig inside = KubernetesConfig.DEFAULT
            .withMasterUrl(api.url())
            .withNamespace("shop")
            .withNetwork(KubernetesConfig.Network.INSIDE);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final ScriptedService orders =
            ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> api.watches().count() == 0);
        scheduler.close();
        api.close();
    }

    private Resolver begin(KubernetesConfig config, String target, Heard heard) {
        KubernetesResolverProvider provider = new KubernetesResolverProvider(config);
        Resolver resolver = provider.newResolver(provider.parse(target), context);
        opened.add(resolver);
        opened.add(provider);
        resolver.start(heard);
        return resolver;
    }

    private Heard resolve(KubernetesConfig config, String target) {
        Heard heard = new Heard();
        begin(config, target, heard);
        return heard;
    }

    private KubernetesConfig reading(KubernetesReading reading) {
        return inside.withReading(reading);
    }

    private static List<Integer> weights(EndpointSet set) {
        return set.endpoints().stream().map(Endpoint::weight).toList();
    }

    @Test
    void pods_by_selector_come_become_unready_and_go_I1_I3_I5() {
        orders.add(
                ScriptedPod.of("orders-1", "10.0.0.1").withPort("grpc", 9001).on("node-1", "zone-a"),
                ScriptedPod.of("orders-2", "10.0.0.2").withPort("grpc", 9002),
                ScriptedPod.of("orders-3", "10.0.0.3"));
        ScriptedService.of(api, "shop", "other", ScriptedPort.tcp("http", 80, 8080))
                .add(ScriptedPod.of("other-1", "10.0.1.1").withPort("grpc", 9001));
        Heard heard = resolve(inside, "k8s:///?pods=app%3Dorders&port=grpc");
        EndpointSet set = heard.awaitUsable("10.0.0.1:9001", "10.0.0.2:9002");
        assertThat(set.endpoints().get(0).locality().node()).isEqualTo("node-1");
        orders.unready("orders-1");
        heard.awaitUsable("10.0.0.2:9002");
        orders.remove("orders-2");
        orders.ready("orders-1");
        heard.awaitUsable("10.0.0.1:9001");
        assertThat(api.requests(request -> request.isFor(ResourceType.PODS)))
                .allMatch(request -> "app=orders".equals(request.parameter("labelSelector")));
        assertThat(api.requests(request -> request.isFor(ResourceType.ENDPOINT_SLICES)))
                .isEmpty();
    }

    @Test
    void pods_tell_weights_while_slices_tell_who_is_usable() {
        orders.add(
                ScriptedPod.of("orders-1", "10.0.0.1").withAnnotation("inmesh.io/weight", "5"),
                ScriptedPod.of("orders-2", "10.0.0.2"));
        Heard heard = resolve(
                reading(KubernetesReading.DEFAULT.withPodWeights(KubernetesReading.WEIGHTS_BY_ANNOTATION)),
                "orders:http");
        assertThat(weights(heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080"))).containsExactly(5, 1);
        orders.change("orders-2", pod -> pod.withAnnotation("inmesh.io/weight", "0"));
        heard.awaitSet(set -> weights(set).equals(List.of(5, 0)));
    }

    @Test
    void where_pods_may_not_be_read_every_weight_is_one() {
        api.access().forbid("list", ResourceType.PODS);
        api.access().forbid("watch", ResourceType.PODS);
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1").withAnnotation("inmesh.io/weight", "5"));
        Heard heard = resolve(
                reading(KubernetesReading.DEFAULT.withPodWeights(KubernetesReading.WEIGHTS_BY_ANNOTATION)),
                "orders:http");
        assertThat(weights(heard.awaitUsable("10.0.0.1:8080"))).containsExactly(1);
        assertThat(heard.unresolved()).isEmpty();
    }

    @Test
    void from_outside_a_node_port_is_reached_by_every_ready_node_and_nodes_come_and_go_S23() {
        node("node-1", "192.0.2.1");
        orders.update(service -> {
            service.withObject("/spec").put("type", "NodePort");
            ((ObjectNode) service.at("/spec/ports/0")).put("nodePort", 30080);
        });
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        Heard heard = resolve(inside.withNetwork(KubernetesConfig.Network.OUTSIDE), "orders:http");
        heard.awaitUsable("192.0.2.1:30080");
        node("node-2", "192.0.2.2");
        heard.awaitUsable("192.0.2.1:30080", "192.0.2.2:30080");
        api.delete(ResourceType.NODES, "", "node-1");
        heard.awaitUsable("192.0.2.2:30080");
    }

    private void node(String name, String address) {
        ObjectNode node = new ScriptedNode(name, "zone-a", address).toJson();
        node.withObject("/status")
                .putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True");
        api.apply(node);
    }

    @Test
    void endpoints_are_read_where_that_is_said_and_slices_are_not_asked_for_E2_E3() {
        api.apply(TWO_ADDRESSES);
        Heard heard = resolve(
                reading(KubernetesReading.DEFAULT.withSource(KubernetesReading.Source.ENDPOINTS)), "orders:http");
        heard.awaitUsable("10.0.9.1:8080", "10.0.9.2:8080");
        api.apply(TWO_ADDRESSES.replace("{\"ip\":\"10.0.9.1\"},", ""));
        heard.awaitUsable("10.0.9.2:8080");
        assertThat(api.requests(request -> request.isFor(ResourceType.ENDPOINT_SLICES)))
                .isEmpty();
    }

    @Test
    void endpoints_are_read_where_the_server_has_no_slices_E2() {
        api.withdraw(ResourceType.ENDPOINT_SLICES);
        api.apply(TWO_ADDRESSES);
        resolve(inside, "orders:http").awaitUsable("10.0.9.1:8080", "10.0.9.2:8080");
    }

    @Test
    void the_zone_of_the_own_node_decides_over_hints_once_it_is_known_and_nobody_waits_for_it_T10_T11() {
        api.apply(new ScriptedNode("node-1", "zone-a", "192.0.2.1").toJson());
        api.faults().next(3, request -> request.isFor(ResourceType.NODES), Fault.status(500));
        orders.update(service -> service.withObject("/spec").put("trafficDistribution", "PreferSameZone"));
        orders.add(
                ScriptedPod.of("orders-1", "10.0.0.1").on("node-2", "zone-a"),
                ScriptedPod.of("orders-2", "10.0.0.2").on("node-3", "zone-b"));
        Heard heard = resolve(inside.withPlace("node-1", null), "orders:http");
        heard.awaitUsable("10.0.0.1:8080");
        assertThat(heard.sets().get(0)).satisfies(first -> assertThat(Heard.usable(first))
                .as("before the zone was known")
                .containsExactly("10.0.0.1:8080", "10.0.0.2:8080"));
        assertThat(heard.unresolved()).isEmpty();
        assertThat(api.requests(request -> request.isFor(ResourceType.NODES))).hasSize(4);
    }

    @Test
    void ages_name_each_watch_and_a_refresh_asks_the_api_nothing_W12() {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        Heard heard = new Heard();
        Resolver resolver = begin(inside, "orders:http", heard);
        heard.awaitUsable("10.0.0.1:8080");
        assertThat(resolver.ages())
                .extracting(WatchAge::watch)
                .containsExactly("endpointslices of orders in namespace shop", "services of orders in namespace shop");
        assertThat(resolver.ages()).allMatch(age -> age.connected() && age.age().compareTo(Duration.ofSeconds(30)) < 0);
        int asked = api.requests().size();
        resolver.refresh();
        resolver.refresh();
        assertThat(api.requests()).hasSize(asked);
        api.stop();
        heard.awaitReason(Reason.NOT_SYNCED);
        Awaitility.await().until(() -> resolver.ages().stream().noneMatch(WatchAge::connected));
        Duration before = resolver.ages().get(0).age();
        Awaitility.await().until(() -> resolver.ages().get(0).age().compareTo(before) > 0);
        api.start();
        Awaitility.await().until(() -> resolver.ages().stream().allMatch(WatchAge::connected));
        resolver.close();
        Awaitility.await().until(() -> resolver.ages().isEmpty());
    }

    @Test
    void nothing_is_asked_for_but_lists_and_watches_and_one_read_of_the_own_node_R3() {
        api.apply(new ScriptedNode("node-1", "zone-a", "192.0.2.1").toJson());
        orders.update(service -> service.withObject("/spec").put("trafficDistribution", "PreferSameZone"));
        orders.add(
                ScriptedPod.of("orders-1", "10.0.0.1").on("node-2", "zone-a").withAnnotation("inmesh.io/weight", "5"));
        KubernetesConfig everything = reading(
                        KubernetesReading.DEFAULT.withPodWeights(KubernetesReading.WEIGHTS_BY_ANNOTATION))
                .withPlace("node-1", null);
        resolve(everything, "orders:http").awaitSet(set -> weights(set).equals(List.of(5)));
        resolve(everything, "k8s:///?pods=app%3Dorders&port=8080").awaitUsable("10.0.0.1:8080");
        Awaitility.await().until(() -> !api.requests(request -> request.isFor(ResourceType.NODES))
                .isEmpty());
        assertThat(api.requests())
                .isNotEmpty()
                .allMatch(request -> request.isFor(ResourceType.NODES)
                        ? request.verb().equals("get")
                        : List.of("list", "watch").contains(request.verb()));
    }
}
