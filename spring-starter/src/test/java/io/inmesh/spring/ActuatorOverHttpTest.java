package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.ManagedChannel;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.web.client.RestClient;

/** The actuator of a real application on a real port, on Kubernetes' API. */
class ActuatorOverHttpTest {
    private static final String TOKEN = "secret-token-of-this-test";

    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Pod pod = Pod.start(41);
    private final HttpClient http = HttpClient.newHttpClient();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {}

    @AfterEach
    void stop() {
        pod.close();
        api.close();
    }

    private ScriptedService orders() {
        ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("web", 80, "web"));
        orders.add(
                ScriptedPod.of("orders-1", "127.0.0.41").withPort("web", pod.port()),
                ScriptedPod.of("orders-2", "127.0.0.42").withPort("web", pod.port()));
        orders.drain("orders-2");
        return orders;
    }

    private ConfigurableApplicationContext start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.health.show-details=always",
                "--inmesh.kubernetes.network=inside",
                "--inmesh.kubernetes.namespace=shop"));
        arguments.addAll(List.of(more));
        return new SpringApplicationBuilder(Shop.class).run(arguments.toArray(String[]::new));
    }

    private String onApi() {
        return "--inmesh.kubernetes.master-url=" + api.url();
    }

    private HttpResponse<String> get(ConfigurableApplicationContext started, String path) {
        String port = started.getEnvironment().getRequiredProperty("local.server.port");
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator" + path);
        try {
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(uri + " cannot be reached", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private JsonNode json(ConfigurableApplicationContext started, String path) throws IOException {
        HttpResponse<String> response = get(started, path);
        assertThat(response.statusCode()).as("%s: %s", path, response.body()).isEqualTo(200);
        return new ObjectMapper().readTree(response.body());
    }

    private static void call(ConfigurableApplicationContext started, String url) {
        started.getBean(RestClient.Builder.class)
                .build()
                .get()
                .uri(url)
                .retrieve()
                .toBodilessEntity();
    }

    @Test
    void it_shows_services_endpoints_and_how_fresh_they_are_and_no_token() throws IOException {
        orders();
        try (ConfigurableApplicationContext started = start(
                onApi(), "--inmesh.services.orders.shop.policy=peak-ewma", "--spring.main.lazy-initialization=true")) {
            assertThat(json(started, "/inmesh").get("services")).isEmpty();
            call(started, "http://orders.shop.svc/");
            JsonNode service = json(started, "/inmesh").get("services").get(0);
            assertThat(service.get("target").asText()).startsWith("k8s:///orders.shop.svc");
            assertThat(service.get("service").asText()).isEqualTo("orders.shop:web");
            assertThat(service.get("policy").asText()).isEqualTo("peak-ewma");
            assertThat(service.get("policySource").asText()).isEqualTo("application");
            assertThat(service.get("settings")).hasToString("""
                    {"affinity.mode":{"value":"off","level":"application"},\
                    "policy":{"value":"peak-ewma","level":"application"}}""");
            assertThat(service.get("ignored")).isEmpty();
            assertThat(service.get("usable").asInt()).isEqualTo(1);
            assertThat(service.path("rejection").isValueNode()
                            && !service.path("rejection").isNull())
                    .isFalse();
            assertThat(service.get("watches")).isNotEmpty().allSatisfy(watch -> assertThat(
                            watch.get("connected").asBoolean())
                    .isTrue());
            JsonNode first = service.get("endpoints").get(0);
            assertThat(first.get("address").asText()).isEqualTo("127.0.0.41:" + pod.port());
            assertThat(first.get("pod").asText()).isEqualTo("orders-1");
            assertThat(first.get("weight").asDouble()).isEqualTo(1);
            assertThat(first.get("usable").asBoolean()).isTrue();
            assertThat(first.get("health").asText()).isEqualTo("healthy");
            assertThat(first.get("inFlight").asInt()).isZero();
            assertThat(first.get("latencyMillis").asDouble()).isPositive();
            JsonNode second = service.get("endpoints").get(1);
            assertThat(second.get("usable").asBoolean()).isFalse();
            assertThat(second.get("whyNot").asText()).startsWith("draining: ");
            assertThat(json(started, "/metrics/inmesh.client.attempts")
                            .get("measurements")
                            .get(0)
                            .get("value")
                            .asInt())
                    .isEqualTo(pod.seen().size());
        }
    }

    @Test
    void it_shows_channels_of_spring_grpc_and_health_looks_at_them() throws IOException {
        ScriptedService bills = ScriptedService.of(api, "shop", "bills", ScriptedPort.tcp("grpc", 80, "grpc"));
        try (GrpcPod backend = GrpcPod.start(43);
                ConfigurableApplicationContext started = start(
                        onApi(),
                        "--spring.grpc.client.channel.bills.target=k8s:///bills.shop:grpc",
                        "--inmesh.services.bills.shop.policy=rr",
                        "--management.info.inmesh.enabled=true")) {
            ManagedChannel channel = started.getBean(GrpcChannelFactory.class).createChannel("bills");
            Awaitility.await().untilAsserted(() -> assertThat(json(started, "/health")
                            .at("/components/inmesh/details/troubled")
                            .toString())
                    .contains("bills.shop:grpc", "NO_ENDPOINTS"));
            bills.add(ScriptedPod.of("bills-1", "127.0.0.43").withPort("grpc", backend.port()));
            Awaitility.await().untilAsserted(() -> assertThat(json(started, "/health")
                            .at("/components/inmesh/status")
                            .asText())
                    .isEqualTo("UP"));
            assertThat(GrpcPod.nameOf(channel)).isEqualTo("pod-43");
            JsonNode service = json(started, "/inmesh/bills").get("services").get(0);
            assertThat(service.get("target").asText()).isEqualTo("k8s:///bills.shop:grpc");
            assertThat(service.get("service").asText()).isEqualTo("bills.shop:grpc");
            assertThat(service.get("policy").asText()).isEqualTo("round-robin");
            assertThat(service.get("policySource").asText()).isEqualTo("application");
            assertThat(service.get("usable").asInt()).isEqualTo(1);
            assertThat(service.get("watches")).isNotEmpty().allSatisfy(watch -> assertThat(
                            watch.get("connected").asBoolean())
                    .isTrue());
            JsonNode endpoint = service.get("endpoints").get(0);
            assertThat(endpoint.get("pod").asText()).isEqualTo("bills-1");
            assertThat(endpoint.get("connection").asText()).isEqualTo("ready");
            started.getBean(GrpcChannelFactory.class).createChannel("k8s:///bills.shop:grpc?policy=random");
            assertThat(json(started, "/inmesh/bills").get("services")).hasSize(2);
            assertThat(json(started, "/info").at("/inmesh/services").asInt()).isEqualTo(1);
            assertThat(endpoint.get("inFlight").asInt()).isZero();
        }
    }

    @Test
    void one_service_is_found_by_its_name_and_an_unknown_one_is_not() throws IOException {
        orders();
        try (ConfigurableApplicationContext started = start(onApi())) {
            call(started, "http://orders.shop.svc/");
            for (String name : List.of("orders", "orders.shop", "orders.shop:web", "orders.shop.svc")) {
                assertThat(json(started, "/inmesh/" + name).get("services"))
                        .as(name)
                        .hasSize(1);
            }
            assertThat(get(started, "/inmesh/bills").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void what_is_missing_is_said_with_its_text_and_health_stays_out_of_the_way() throws IOException {
        try (ConfigurableApplicationContext started = start(
                onApi(),
                "--management.endpoint.health.probes.enabled=true",
                "--inmesh.warm.targets=nowhere.shop:web",
                "--inmesh.health.required=other")) {
            JsonNode service = json(started, "/inmesh/nowhere").get("services").get(0);
            assertThat(service.get("rejection").asText()).startsWith("NOT_FOUND: ");
            JsonNode health = json(started, "/health");
            assertThat(health.get("status").asText()).isEqualTo("UP");
            JsonNode ours = health.get("components").get("inmesh");
            assertThat(ours.get("status").asText()).isEqualTo("UNKNOWN");
            assertThat(ours.get("details").get("troubled").toString()).contains("NOT_FOUND");
            assertThat(get(started, "/health/readiness").body()).doesNotContain("inmesh");
        }
    }

    @Test
    void readiness_depends_on_it_only_if_asked() {
        try (ConfigurableApplicationContext started = start(
                onApi(),
                "--management.endpoint.health.probes.enabled=true",
                "--management.endpoint.health.group.readiness.include=readinessState,inmesh",
                "--inmesh.warm.targets=orders.shop:web",
                "--inmesh.health.required=orders.shop")) {
            assertThat(get(started, "/health/readiness").statusCode()).isEqualTo(503);
            orders();
            Awaitility.await().untilAsserted(() -> assertThat(
                            get(started, "/health/readiness").statusCode())
                    .isEqualTo(200));
        }
    }

    @Test
    void credentials_are_shown_nowhere(@TempDir Path directory) throws IOException {
        orders();
        Path config = directory.resolve("config");
        api.access().requireToken(TOKEN);
        api.kubeconfig(config, "shop");
        assertThat(config).content().contains(TOKEN);
        try (ConfigurableApplicationContext started =
                start("--inmesh.kubernetes.kubeconfig=" + config, "--management.info.inmesh.enabled=true")) {
            call(started, "http://orders.shop.svc/");
            for (String path : List.of("/inmesh", "/health", "/info", "/configprops", "/metrics")) {
                assertThat(get(started, path).body()).as(path).isNotBlank().doesNotContain(TOKEN);
            }
            assertThat(get(started, "/info").body()).contains("\"inmesh\"", "\"services\":1");
        }
    }
}
