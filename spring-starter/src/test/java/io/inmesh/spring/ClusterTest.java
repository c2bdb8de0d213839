package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** The starter on Kubernetes' API: properties to the resolver, names and ports from Services, the owner's annotations. */
class ClusterTest {
    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Pod first = Pod.start(31);
    private final Pod second = Pod.start(32);
    private final ApplicationContextRunner context = Contexts.all()
            .withPropertyValues(
                    "inmesh.kubernetes.master-url=" + api.url(),
                    "inmesh.kubernetes.network=inside",
                    "inmesh.kubernetes.namespace=shop");

    @AfterEach
    void stop() {
        first.close();
        second.close();
        api.close();
    }

    private ScriptedService orders(ScriptedPort... ports) {
        ScriptedService orders = ScriptedService.of(api, "shop", "orders", ports);
        orders.add(
                ScriptedPod.of("orders-1", "127.0.0.31").withPort("web", first.port()),
                ScriptedPod.of("orders-2", "127.0.0.32").withPort("web", second.port()));
        return orders;
    }

    private static String get(ApplicationContext started, String url) {
        RestClient client = started.getBean(RestClient.Builder.class).build();
        return String.valueOf(client.get().uri(url).retrieve().body(String.class));
    }

    private static Set<String> answers(ApplicationContext started, String url) {
        Set<String> answers = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            answers.add(get(started, url));
        }
        return answers;
    }

    @Test
    void a_service_is_found_by_its_name_and_its_port_80() {
        orders(ScriptedPort.tcp("web", 80, "web"));
        context.run(started -> {
            // The first ones may go the normal way, which leads nowhere here, if the machine is slower than the
            // lookup's second.
            Awaitility.await().ignoreExceptions().until(() -> get(started, "http://orders.shop/"), Objects::nonNull);
            Awaitility.await().ignoreExceptions().until(() -> get(started, "http://orders/"), Objects::nonNull);
            assertThat(answers(started, "http://orders.shop/")).containsExactly("pod-31", "pod-32");
            assertThat(answers(started, "http://orders/")).containsExactly("pod-31", "pod-32");
            assertThat(answers(started, "http://orders.shop.svc.cluster.local/"))
                    .containsExactly("pod-31", "pod-32");
        });
    }

    @Test
    void a_service_without_port_80_is_reached_by_the_port_named_http_or_the_only_one() {
        orders(ScriptedPort.tcp("http", 8080, "web"), ScriptedPort.tcp("admin", 9090, "web"));
        ScriptedService.of(api, "shop", "stock", ScriptedPort.tcp("any", 7070, "web"))
                .add(ScriptedPod.of("stock-1", "127.0.0.31").withPort("web", first.port()));
        ScriptedService.of(
                api, "shop", "bills", ScriptedPort.tcp("a", 7070, "web"), ScriptedPort.tcp("b", 7071, "web"));
        context.run(started -> {
            assertThat(answers(started, "http://orders.shop.svc/")).containsExactly("pod-31", "pod-32");
            assertThat(get(started, "http://stock.shop.svc/")).isEqualTo("pod-31");
            assertThat(get(started, "http://orders.shop.svc:9090/")).isNotBlank();
            assertThatThrownBy(() -> get(started, "http://bills.shop.svc/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasMessageContaining("it has 2 TCP ports");
            assertThatThrownBy(() -> get(started, "http://orders.shop.svc:81/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasMessageContaining("the Service has no such TCP port");
        });
    }

    @Test
    void the_owners_annotation_chooses_the_policy_and_pods_come_and_go() {
        ScriptedService orders = orders(ScriptedPort.tcp("web", 80, "web"));
        context.withPropertyValues("inmesh.defaults.policy=random").run(started -> {
            assertThat(answers(started, "http://orders.shop.svc/")).hasSize(2);
            orders.annotate("inmesh.io/policy", "round-robin");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(started.getBean(Mesh.class).snapshots())
                            .extracting(LoadBalancer.Snapshot::policy)
                            .containsExactly("round-robin"));
            orders.drain("orders-1");
            Awaitility.await().untilAsserted(() -> assertThat(answers(started, "http://orders.shop.svc/"))
                    .containsExactly("pod-32"));
        });
    }

    @Test
    void a_service_that_does_not_exist_goes_the_normal_way_unless_its_name_can_be_nothing_else() {
        context.run(started -> {
            assertThatThrownBy(() -> get(started, "http://nowhere.shop.svc/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasMessageContaining("there is no Service of that name in that namespace");
            assertThatThrownBy(() -> get(started, "http://nowhere.shop:1/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .message()
                    .doesNotContain("Service");
        });
    }

    @Test
    void a_role_that_is_missing_is_named() {
        api.access().forbid("list", ResourceType.SERVICES);
        api.access().forbid("watch", ResourceType.SERVICES);
        context.run(started -> assertThatThrownBy(() -> get(started, "http://orders.shop.svc/"))
                .isInstanceOf(ResourceAccessException.class)
                .hasMessageContaining("services")
                .hasMessageContaining("list"));
    }

    @Test
    void a_kubeconfig_says_where_the_api_is_and_which_namespace_is_meant(@TempDir Path directory) {
        orders(ScriptedPort.tcp("web", 80, "web"));
        api.kubeconfig(directory.resolve("config"), "shop");
        Contexts.all()
                .withPropertyValues(
                        "inmesh.kubernetes.kubeconfig=" + directory.resolve("config"),
                        "inmesh.services.orders.policy=rr",
                        "inmesh.kubernetes.network=inside")
                .run(started -> assertThat(answers(started, "http://orders/")).containsExactly("pod-31", "pod-32"));
    }

    @Test
    void an_api_that_goes_away_stops_no_request() {
        orders(ScriptedPort.tcp("web", 80, "web"));
        context.run(started -> {
            assertThat(answers(started, "http://orders.shop.svc/")).hasSize(2);
            api.stop();
            assertThat(answers(started, "http://orders.shop.svc/")).hasSize(2);
        });
    }

    @Test
    void an_api_that_is_down_is_waited_for_and_said() {
        api.stop();
        context.withPropertyValues("inmesh.startup-wait=300ms")
                .run(started -> assertThatThrownBy(() -> get(started, "http://orders.shop.svc/"))
                        .isInstanceOf(ResourceAccessException.class)
                        .hasMessageContaining("127.0.0.1"));
    }
}
