package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesReading;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import io.inmesh.spring.http.MeshHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

class PropertiesTest {
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final ApplicationContextRunner context = Contexts.with(cluster);

    private static String policyOf(Mesh mesh, String target) {
        try (LoadBalancer balancer = mesh.service(target)) {
            LoadBalancer.Snapshot snapshot = balancer.snapshot();
            return snapshot.policy() + " by " + snapshot.policySource();
        }
    }

    @Test
    void settings_that_go_by_each_other_are_looked_at_together() {
        context.withPropertyValues(
                        "inmesh.defaults.check.mode=tcp",
                        "inmesh.defaults.check.timeout=200ms",
                        "inmesh.defaults.check.interval=300ms",
                        "inmesh.services.orders.shop.check.interval=250ms",
                        "inmesh.services.bills.shop.check.timeout=50ms",
                        "inmesh.services.bills.shop.check.interval=150ms")
                .run(started -> assertThat(started).hasNotFailed());
        context.withPropertyValues(
                        "inmesh.defaults.check.mode=tcp",
                        "inmesh.defaults.check.timeout=200ms",
                        "inmesh.defaults.check.interval=300ms",
                        "inmesh.services.orders.shop.check.timeout=400ms")
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("inmesh.services.orders.shop.check.timeout: check.timeout: PT0.4S"));
    }

    @Test
    void nothing_has_to_be_said() {
        context.run(started -> {
            assertThat(started.getBean(Mesh.class).startupWait()).isEqualTo(Duration.ofSeconds(10));
            assertThat(policyOf(started.getBean(Mesh.class), "orders.shop"))
                    .isEqualTo("power-of-two by built-in default");
            InmeshProperties.Kubernetes kubernetes =
                    started.getBean(InmeshProperties.class).kubernetes();
            assertThat(kubernetes.network()).isEqualTo(KubernetesConfig.Network.AUTO);
            assertThat(kubernetes.namespace()).isNull();
        });
    }

    @Test
    void defaults_and_services_reach_the_mesh() {
        context.withPropertyValues(
                        "inmesh.defaults.policy=Round_Robin",
                        "inmesh.services.orders.shop.policy=random",
                        "inmesh.services.bills.policy=rr",
                        "inmesh.startup-wait=3s")
                .withInitializer(initialized -> initialized
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource(
                                "with a colon", Map.of("inmesh.services[stock.shop:http].policy", "p2c"))))
                .run(started -> {
                    Mesh mesh = started.getBean(Mesh.class);
                    assertThat(mesh.startupWait()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(policyOf(mesh, "k8s:///any.where")).isEqualTo("round-robin by application default");
                    assertThat(policyOf(mesh, "orders.shop:8080")).isEqualTo("random by application");
                    assertThat(policyOf(mesh, "stock.shop:http")).isEqualTo("power-of-two by application");
                    assertThat(policyOf(mesh, "stock.shop:grpc")).isEqualTo("round-robin by application default");
                    assertThat(policyOf(mesh, "bills.office")).isEqualTo("round-robin by application");
                    assertThat(policyOf(mesh, "orders.shop?policy=p2c")).isEqualTo("power-of-two by code");
                });
    }

    @Test
    void settings_of_rooms_and_policies_are_written_like_all_others() throws IOException {
        PropertySource<?> source = new YamlPropertySourceLoader()
                .load("test.yaml", new ByteArrayResource("""
                                inmesh:
                                  defaults:
                                    slow-start:
                                      window: 30s
                                  services:
                                    orders.shop:
                                      policy: node-local
                                      node-local:
                                        policy: rr
                                      locality:
                                        strict: true
                                """.getBytes(StandardCharsets.UTF_8)))
                .get(0);
        context.withInitializer(initialized ->
                        initialized.getEnvironment().getPropertySources().addFirst(source))
                .run(started -> assertThat(policyOf(started.getBean(Mesh.class), "orders.shop"))
                        .isEqualTo("node-local by application"));
    }

    @Test
    void settings_that_need_each_other_may_stand_in_any_order_and_in_both_places() {
        context.withPropertyValues(
                        "inmesh.defaults.check.timeout=15s",
                        "inmesh.defaults.check.mode=http",
                        "inmesh.defaults.check.interval=20s",
                        "inmesh.services.orders.shop.check.path=/healthz")
                .run(started -> assertThat(started).hasNotFailed());
    }

    @Test
    void a_wrong_value_in_a_room_is_refused_at_its_property() {
        context.withPropertyValues("inmesh.defaults.slow-start.min-percent=0").run(started -> assertThat(started)
                .getFailure()
                .hasRootCauseInstanceOf(InvalidPropertyException.class)
                .rootCause()
                .hasMessageContaining("inmesh.defaults.slow-start.min-percent")
                .hasMessageContaining("slow-start.min-percent: '0' (expected: a whole number from 1 to 100)"));
    }

    @Test
    void the_own_service_is_refused_if_it_is_no_target_and_watched_where_a_stage_goes_by_it() {
        context.withPropertyValues("inmesh.self.service=che ckout").run(started -> assertThat(started)
                .getFailure()
                .rootCause()
                .hasMessageContaining("inmesh.self.service")
                .hasMessageContaining("che ckout"));
        context.withPropertyValues("inmesh.self.service=checkout.shop:http", "inmesh.defaults.locality.mode=zone-aware")
                .run(started -> {
                    cluster.publish("orders.shop:http", Endpoint.of("10.0.0.1", 80));
                    try (LoadBalancer orders = started.getBean(Mesh.class).service("orders.shop:http")) {
                        orders.whenReady(Duration.ofSeconds(10))
                                .toCompletableFuture()
                                .join();
                        await().until(() -> cluster.resolvers() == 2);
                    }
                    await().until(() -> cluster.resolvers() == 0);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inmesh:\n  services:\n    orders.shop:\n      policy: rr\n      port: web",
                "inmesh:\n  services:\n    '[orders.shop]':\n      policy: rr\n      port: web",
                "inmesh.services.orders.shop.policy: rr\ninmesh.services.orders.shop.port: web"
            })
    void a_services_name_may_be_written_in_yaml_with_its_dot(String yaml) throws IOException {
        PropertySource<?> source = new YamlPropertySourceLoader()
                .load("test.yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .get(0);
        context.withInitializer(initialized ->
                        initialized.getEnvironment().getPropertySources().addFirst(source))
                .run(started -> {
                    assertThat(policyOf(started.getBean(Mesh.class), "orders.shop"))
                            .isEqualTo("round-robin by application");
                    assertThat(started.getBean(MeshAssembly.class).configured().ports())
                            .isEqualTo(Map.of("orders.shop", Optional.of("web")));
                });
    }

    @Test
    void environment_variables_say_it_too_and_those_of_a_service_named_inmesh_say_nothing() {
        Map<String, Object> variables = Map.of(
                "INMESH_DEFAULTS_POLICY", "random",
                "INMESH_SERVICES_ORDERS_SHOP_POLICY", "rr",
                "INMESH_KUBERNETES_NODE_NAME", "node-1",
                "INMESH_SERVICE_HOST", "10.0.0.1",
                "INMESH_PORT_80_TCP_ADDR", "10.0.0.1");
        context.withInitializer(initialized -> initialized
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource("systemEnvironment", variables)))
                .run(started -> {
                    assertThat(policyOf(started.getBean(Mesh.class), "any.where"))
                            .isEqualTo("random by application default");
                    assertThat(policyOf(started.getBean(Mesh.class), "orders.shop"))
                            .isEqualTo("round-robin by application");
                    assertThat(started.getBean(InmeshProperties.class)
                                    .kubernetes()
                                    .nodeName())
                            .isEqualTo("node-1");
                });
    }

    @Test
    void the_cluster_may_be_described() {
        Contexts.all()
                .withPropertyValues(
                        "inmesh.kubernetes.namespace=shop",
                        "inmesh.kubernetes.cluster-domain=corp.example",
                        "inmesh.kubernetes.nodeName=node-1",
                        "inmesh.kubernetes.zone=zone-a",
                        "inmesh.kubernetes.network=inside",
                        "inmesh.kubernetes.family=ipv6",
                        "inmesh.kubernetes.kubeconfig=some/config",
                        "inmesh.kubernetes.source=endpoints",
                        "inmesh.kubernetes.hints=zones",
                        "inmesh.kubernetes.headless-hints=nodes-and-zones",
                        "inmesh.kubernetes.pod-weights=annotation",
                        "inmesh.kubernetes.watch-silence=2m",
                        "inmesh.kubernetes.single-watches=3",
                        "inmesh.kubernetes.lookup-interval=5s",
                        "inmesh.kubernetes.snapshots=last-known")
                .run(started -> {
                    InmeshProperties.Kubernetes said =
                            started.getBean(InmeshProperties.class).kubernetes();
                    assertThat(said)
                            .isEqualTo(new InmeshProperties.Kubernetes(
                                    "shop",
                                    "corp.example",
                                    "node-1",
                                    "zone-a",
                                    KubernetesConfig.Network.INSIDE,
                                    KubernetesConfig.Family.IPV6,
                                    Path.of("some/config"),
                                    null,
                                    KubernetesReading.Source.ENDPOINTS,
                                    KubernetesReading.Hints.ZONES,
                                    KubernetesReading.Hints.NODES_AND_ZONES,
                                    "annotation",
                                    Duration.ofMinutes(2),
                                    3,
                                    Duration.ofSeconds(5),
                                    Path.of("last-known")));
                    assertThat(started.getBean(KubernetesResolverProvider.class)
                                    .parse("orders.shop.svc.corp.example")
                                    .authority())
                            .isEqualTo("orders.shop.svc.corp.example");
                });
    }

    @Test
    void the_applications_own_beans_are_used() {
        BalancerObserver observer = new BalancerObserver() {};
        OutcomeClassifier classifier = (wire, code, error, delivery) -> Outcome.SUCCESS;
        context.withBean(BalancerObserver.class, () -> observer)
                .withBean(OutcomeClassifier.class, () -> classifier)
                .run(started -> {
                    Mesh mesh = started.getBean(Mesh.class);
                    assertThat(mesh.engine().classifier().classify(Wire.HTTP, 500, null, Delivery.SENT))
                            .isEqualTo(Outcome.SUCCESS);
                    assertThat(mesh.engine().observer()).isNotSameAs(BalancerObserver.NONE);
                    mesh.service("orders.shop").close();
                    assertThat(mesh.newResolver(mesh.parse("orders.shop"))
                                    .getClass()
                                    .getEnclosingClass())
                            .isEqualTo(FakeEndpoints.class);
                });
        Mesh own = Mesh.builder().resolvers(cluster).build();
        context.withBean("own", Mesh.class, () -> own).run(started -> {
            assertThat(started.getBean(Mesh.class)).isSameAs(own);
            assertThat(started).hasSingleBean(MeshHttp.class);
        });
    }

    @Test
    void switched_off_it_leaves_no_bean_and_boots_clients_as_they_were() {
        context.withPropertyValues("inmesh.enabled=false").run(started -> assertThat(started)
                .hasNotFailed()
                .doesNotHaveBean(Mesh.class)
                .doesNotHaveBean(MeshHttp.class)
                .doesNotHaveBean(KubernetesResolverProvider.class));
    }

    @Test
    void without_boots_http_clients_the_mesh_alone_is_there() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        InmeshAutoConfiguration.class,
                        InmeshHttpClientAutoConfiguration.class,
                        InmeshWebClientAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.http.client"))
                .run(started -> assertThat(started).hasSingleBean(Mesh.class).doesNotHaveBean(MeshHttp.class));
    }
}
