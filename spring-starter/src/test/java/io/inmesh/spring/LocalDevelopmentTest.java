package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.grpc.MeshChannels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Services that properties explain, with no cluster anywhere. */
class LocalDevelopmentTest extends OrdersFixture {

    /** No cluster: the kubeconfig that is named does not exist. */
    private final Path nowhere;

    LocalDevelopmentTest(@TempDir Path nowhere) {
        this.nowhere = nowhere;
    }

    private ApplicationContextRunner alone() {
        return Contexts.all().withPropertyValues("inmesh.kubernetes.kubeconfig=" + nowhere.resolve("config"));
    }

    private static Set<String> answers(ApplicationContext started, String url) {
        Set<String> answers = new TreeSet<>();
        for (int i = 0; i < 4; i++) {
            answers.add(get(client(started), url));
        }
        return answers;
    }

    @Test
    void a_service_is_what_its_endpoints_are_and_keeps_its_name_and_settings() {
        Pod first = pod();
        Pod second = pod();
        alone().withPropertyValues(
                        "inmesh.services.orders.shop.endpoints=127.0.0.11:%d, 127.0.0.12:%d"
                                .formatted(first.port(), second.port()),
                        "inmesh.services.orders.shop.policy=round-robin")
                .run(started -> {
                    assertThat(answers(started, "http://orders.shop/")).containsExactly("pod-11", "pod-12");
                    assertThat(answers(started, "http://orders.shop.svc.cluster.local:8080/"))
                            .containsExactly("pod-11", "pod-12");
                    assertThat(first.seen().get(0).headers().getFirst("Host")).isEqualTo("orders.shop");
                    assertThat(started.getBean(Mesh.class).snapshots()).allSatisfy(snapshot -> {
                        assertThat(snapshot.policy()).isEqualTo("round-robin");
                        assertThat(snapshot.endpoints().get(0).inFlight()).isZero();
                    });
                });
    }

    @Test
    void a_list_in_yaml_and_a_profile_of_ones_own_say_the_same() throws IOException {
        Pod first = pod();
        Pod second = pod();
        PropertySource<?> source = new YamlPropertySourceLoader()
                .load("application-local.yaml", new ByteArrayResource("""
                                inmesh:
                                  services:
                                    orders:
                                      policy: rr
                                      endpoints:
                                        - 127.0.0.11:%d
                                        - 127.0.0.12:%d
                                """.formatted(first.port(), second.port())
                        .getBytes(StandardCharsets.UTF_8)))
                .get(0);
        alone().withInitializer(initialized ->
                        initialized.getEnvironment().getPropertySources().addFirst(source))
                .run(started -> {
                    assertThat(answers(started, "http://orders/")).containsExactly("pod-11", "pod-12");
                    assertThat(answers(started, "http://orders.anywhere/")).containsExactly("pod-11", "pod-12");
                });
    }

    @Test
    void ports_may_have_lists_of_their_own_and_a_url_without_a_port_means_http() {
        Pod http = pod();
        Pod admin = pod();
        Contexts.saying(
                        alone(),
                        Map.of(
                                "inmesh.services[orders.shop:http].endpoints", "127.0.0.11:" + http.port(),
                                "inmesh.services[orders.shop:9000].endpoints", "127.0.0.12:" + admin.port()))
                .run(started -> {
                    assertThat(answers(started, "http://orders.shop/")).containsExactly("pod-11");
                    assertThat(answers(started, "http://orders.shop:9000/")).containsExactly("pod-12");
                    assertThatThrownBy(() -> get(client(started), "http://orders.shop:9001/"))
                            .hasMessageContaining(
                                    "k8s:///orders.shop:9001: the properties under inmesh.services explain"
                                            + " its ports 9000, http and no other");
                    try (LoadBalancer any = started.getBean(Mesh.class).service("orders.shop")) {
                        assertThat(any.whenReady(Duration.ofSeconds(10)))
                                .failsWithin(Duration.ofSeconds(20))
                                .withThrowableThat()
                                .withMessageContaining("AMBIGUOUS_PORT");
                    }
                });
    }

    @Test
    void a_grpc_channel_reaches_the_listed_endpoints_by_the_services_name() {
        try (GrpcPod pod = GrpcPod.start(1)) {
            alone().withPropertyValues("inmesh.services.orders.shop.endpoints=localhost:" + pod.port())
                    .run(started -> {
                        ManagedChannel channel = Grpc.newChannelBuilder(
                                        "k8s:///orders.shop:grpc", InsecureChannelCredentials.create())
                                .setNameResolverArg(MeshChannels.MESH, started.getBean(Mesh.class))
                                .build();
                        assertThat(GrpcPod.nameOf(channel)).isEqualTo("pod-1");
                        channel.shutdownNow();
                    });
        }
    }

    @Test
    void a_name_may_stand_for_another_service_of_the_cluster() {
        ordersAre(pod());
        cluster.publish("orders.shop:8080", pod().endpoint());
        context.withPropertyValues(
                        "inmesh.services.order-service.target=orders.shop",
                        "inmesh.services.admin.target=orders.shop:8080")
                .run(started -> {
                    assertThat(answers(started, "http://order-service/")).containsExactly("pod-11");
                    assertThat(answers(started, "http://order-service:8080/")).containsExactly("pod-12");
                    assertThat(answers(started, "http://admin/")).containsExactly("pod-12");
                    assertThat(answers(started, "http://orders.shop/")).containsExactly("pod-11");
                    try (LoadBalancer pods =
                            started.getBean(Mesh.class).service("k8s:///?pods=app%3Dx&namespace=shop&port=1")) {
                        assertThat(pods.choose(PickContext.NONE)).isNotNull();
                    }
                });
    }

    @Test
    void what_cannot_be_meant_fails_start_up() {
        assertThat(failure("inmesh.services.orders.shop.endpoints=localhost"))
                .contains(
                        "Property: inmesh.services.orders.shop.endpoints",
                        "Value: \"localhost\"",
                        "'localhost' names no port (expected: static:///HOST:PORT[,HOST:PORT...]");
        assertThat(failure("inmesh.services.orders.shop.target=static:///localhost:1"))
                .contains(
                        "Property: inmesh.services.orders.shop.target",
                        "(expected: a service or pods of the cluster without settings, as in orders.shop:http; addresses are"
                                + " said by endpoints)");
        assertThat(failure("inmesh.services.orders.target=a.b", "inmesh.services.orders.endpoints=localhost:1"))
                .contains("'orders' (expected: a service's name, with either endpoints or a target)");
    }

    private String failure(String... properties) {
        return FailureTexts.of(context.withPropertyValues(properties)).getDescription();
    }
}
