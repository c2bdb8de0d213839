package io.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.Yaml;

/** What Kubernetes is told agrees with what the applications do. */
class ManifestsTest {
    private static final String NAMESPACE = "shop";

    private final List<Node> inventory = manifest("inventory");
    private final List<Node> orders = manifest("orders");

    /** A piece of YAML. */
    private record Node(Object value) {

        Node at(String... path) {
            Object here = value;
            for (String key : path) {
                Object below = here instanceof Map<?, ?> map ? map.get(key) : null;
                here = Objects.requireNonNull(below, () -> "no " + key + " in " + List.of(path));
            }
            return new Node(here);
        }

        List<Node> list(String... path) {
            return ((List<?>) at(path).value()).stream().map(Node::new).toList();
        }

        String text(String... path) {
            return String.valueOf(at(path).value());
        }
    }

    private static List<Node> manifest(String application) {
        List<Node> documents = new ArrayList<>();
        try {
            new Yaml()
                    .loadAll(Files.readString(Path.of("kubernetes", application + ".yaml")))
                    .forEach(each -> documents.add(new Node(each)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return documents;
    }

    private static Node the(String kind, List<Node> documents) {
        List<Node> found = documents.stream()
                .filter(each -> each.text("kind").equals(kind))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return found.get(0);
    }

    private static Node container(List<Node> documents) {
        List<Node> containers = the("Deployment", documents).list("spec", "template", "spec", "containers");
        assertThat(containers).hasSize(1);
        return containers.get(0);
    }

    /** Port numbers by name. */
    private static Map<String, String> ports(List<Node> ports, String number) {
        return ports.stream().collect(Collectors.toMap(each -> each.text("name"), each -> each.text(number)));
    }

    private static PropertySource<?> settings(String application) throws IOException {
        String file = application + ".yaml";
        return new YamlPropertySourceLoader()
                .load(file, new ClassPathResource(file))
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"inventory", "orders"})
    void every_object_is_in_the_namespace_and_selectors_meet_labels(String application) {
        List<Node> all = manifest(application);
        assertThat(all.get(0).text("kind"))
                .as("in a new cluster it is not there")
                .isEqualTo("Namespace");
        assertThat(all.get(0).text("metadata", "name")).isEqualTo(NAMESPACE);
        assertThat(all.subList(1, all.size())).hasSizeGreaterThan(1).allSatisfy(each -> {
            assertThat(each.text("apiVersion")).matches("v1|apps/v1|rbac.authorization.k8s.io/v1");
            assertThat(each.text("metadata", "namespace")).isEqualTo(NAMESPACE);
        });
        Node deployment = the("Deployment", all);
        Object labels = deployment.at("spec", "template", "metadata", "labels").value();
        assertThat(labels)
                .isEqualTo(deployment.at("spec", "selector", "matchLabels").value())
                .isEqualTo(the("Service", all).at("spec", "selector").value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"inventory", "orders"})
    void containers_run_the_application_on_its_ports_and_services_lead_there(String application) throws Exception {
        Node container = container(manifest(application));
        List<Node> command = container.list("command");
        assertThat(Class.forName(String.valueOf(command.get(command.size() - 1).value()))
                        .getMethod("main", String[].class))
                .isNotNull();
        Map<String, String> ports = ports(container.list("ports"), "containerPort");
        PropertySource<?> settings = settings(application);
        assertThat(ports).containsEntry("http", String.valueOf(settings.getProperty("server.port")));
        if (application.equals("inventory")) {
            assertThat(ports).containsEntry("grpc", String.valueOf(settings.getProperty("spring.grpc.server.port")));
        }
        assertThat(ports(the("Service", manifest(application)).list("spec", "ports"), "targetPort"))
                .isNotEmpty()
                .allSatisfy((name, target) -> assertThat(ports).containsKey(target));
    }

    @Test
    void orders_calls_inventory_by_the_names_that_its_service_has() throws IOException {
        Node service = the("Service", inventory);
        String name = service.text("metadata", "name") + "." + NAMESPACE;
        Map<String, String> ports = ports(service.list("spec", "ports"), "port");
        PropertySource<?> settings = settings("orders");

        URI rest = URI.create(String.valueOf(settings.getProperty("spring.http.serviceclient.inventory.base-url")));
        assertThat(rest.getHost()).isEqualTo(name);
        assertThat(rest.getPort()).as("port 80, which the Service has").isEqualTo(-1);
        assertThat(ports).containsEntry("http", "80");

        ServiceTarget grpc = (ServiceTarget)
                Target.parse(String.valueOf(settings.getProperty("spring.grpc.client.channel.inventory.target")));
        assertThat(grpc.name().typed()).isEqualTo(name);
        assertThat(ports).containsKey(String.valueOf(grpc.port()));
    }

    @Test
    void orders_may_list_and_watch_services_and_slices_and_nothing_else() {
        Node role = the("Role", orders);
        assertThat(role.list("rules"))
                .extracting(rule -> rule.at("apiGroups").value() + " "
                        + rule.at("resources").value() + " " + rule.at("verbs").value())
                .containsExactlyInAnyOrder(
                        "[] [services] [list, watch]", "[discovery.k8s.io] [endpointslices] [list, watch]");
        Node binding = the("RoleBinding", orders);
        assertThat(binding.text("roleRef", "name")).isEqualTo(role.text("metadata", "name"));
        String account = the("ServiceAccount", orders).text("metadata", "name");
        assertThat(binding.list("subjects").get(0).text("name")).isEqualTo(account);
        assertThat(the("Deployment", orders).text("spec", "template", "spec", "serviceAccountName"))
                .isEqualTo(account);
    }

    @Test
    void the_pod_is_told_where_it_is_in_the_variables_that_are_read() {
        Map<String, String> fields = container(orders).list("env").stream()
                .collect(Collectors.toMap(
                        each -> each.text("name"), each -> each.text("valueFrom", "fieldRef", "fieldPath")));
        assertThat(fields)
                .containsEntry("POD_NAMESPACE", "metadata.namespace")
                .containsEntry("NODE_NAME", "spec.nodeName")
                .containsEntry("NODE_ZONE", "metadata.labels['topology.kubernetes.io/zone']");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inventory", "orders"})
    void probes_ask_the_actuator_and_there_is_time_for_a_graceful_end(String application) throws IOException {
        Node container = container(manifest(application));
        Set<String> ports = ports(container.list("ports"), "containerPort").keySet();
        for (String probe : List.of("readiness", "liveness")) {
            Node get = container.at(probe + "Probe", "httpGet");
            assertThat(get.text("path")).isEqualTo("/actuator/health/" + probe);
            assertThat(ports).contains(get.text("port"));
        }
        Duration shutdown = DurationStyle.detectAndParse(
                String.valueOf(settings(application).getProperty("spring.lifecycle.timeout-per-shutdown-phase")));
        assertThat(Long.parseLong(the("Deployment", manifest(application))
                        .text("spec", "template", "spec", "terminationGracePeriodSeconds")))
                .isGreaterThan(shutdown.toSeconds());
    }
}
