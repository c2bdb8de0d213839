package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** A namespace of a cluster, in which tests make objects and resolve them; what they made is removed behind each. */
abstract class ClusterScene {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String ONE = "192.0.2.1";
    static final String TWO = "192.0.2.2";

    private final String prefix = "inmesh-it-" + UUID.randomUUID().toString().substring(0, 8);
    private final Scheduler scheduler = Scheduler.system("cluster-test");
    private final Deque<HasMetadata> created = new ArrayDeque<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    final String namespace;
    final KubernetesClient client;
    private final KubernetesResolverProvider provider;

    ClusterScene(Path kubeconfig, String namespace) throws IOException {
        this.namespace = namespace;
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build();
        provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
                .withKubeconfig(kubeconfig)
                .withNamespace(namespace)
                .withFamily(KubernetesConfig.Family.IPV4)
                .withNetwork(KubernetesConfig.Network.INSIDE));
    }

    @AfterEach
    void removeEverything() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        provider.close();
        List<String> left = new ArrayList<>();
        created.forEach(each -> removeOr(left, each));
        client.close();
        scheduler.close();
        assertThat(left)
                .as("left behind in namespace %s, to be removed by hand", namespace)
                .isEmpty();
    }

    /** One that cannot be removed keeps no other one. */
    private void removeOr(List<String> left, HasMetadata object) {
        try {
            client.resource(object).inNamespace(namespace).delete();
        } catch (KubernetesClientException e) {
            left.add(object.getKind() + " " + object.getMetadata().getName() + ": " + e);
        }
    }

    final String named(String name) {
        return prefix + "-" + name;
    }

    private ObjectMeta metadata(String name, Map<String, String> labels) {
        return new ObjectMetaBuilder()
                .withName(named(name))
                .withNamespace(namespace)
                .withLabels(labels)
                .build();
    }

    static ServicePort port(String name, int number) {
        return new ServicePortBuilder()
                .withName(name)
                .withPort(number)
                .withProtocol("TCP")
                .build();
    }

    final Service service(String name, ServicePort... ports) {
        return new ServiceBuilder()
                .withMetadata(metadata(name, Map.of()))
                .withNewSpec()
                .withType("ClusterIP")
                .withPorts(ports)
                .endSpec()
                .build();
    }

    final EndpointSlice slice(String name, String owner, EndpointPort port, Endpoint... endpoints) {
        Map<String, String> labels = Map.of(
                "kubernetes.io/service-name", named(owner), "endpointslice.kubernetes.io/managed-by", "inmesh-tests");
        return new EndpointSliceBuilder()
                .withMetadata(metadata(name, labels))
                .withAddressType("IPv4")
                .withPorts(port)
                .withEndpoints(endpoints)
                .build();
    }

    static EndpointPort on(String name, int number) {
        return new EndpointPortBuilder()
                .withName(name)
                .withPort(number)
                .withProtocol("TCP")
                .build();
    }

    static Endpoint plain(String address) {
        return new EndpointBuilder().withAddresses(address).build();
    }

    static Endpoint ready(String address, boolean ready) {
        return new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(ready)
                .endConditions()
                .build();
    }

    final <T extends HasMetadata> T create(T object) {
        T made = client.resource(object).inNamespace(namespace).create();
        created.push(made);
        return made;
    }

    final void update(HasMetadata object) {
        client.resource(object).inNamespace(namespace).update();
    }

    final void delete(HasMetadata object) {
        client.resource(object).inNamespace(namespace).delete();
        created.removeIf(each -> each.getKind().equals(object.getKind())
                && each.getMetadata().getName().equals(object.getMetadata().getName()));
    }

    final Told resolve(String target) {
        Told told = new Told();
        Resolver resolver = provider.newResolver(provider.parse(target), new Context(NanoClock.system(), scheduler));
        opened.add(resolver);
        resolver.start(told);
        return told;
    }

    static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(condition::getAsBoolean);
    }

    static void awaitUsable(Told told, String... addresses) {
        await(
                "usable: " + List.of(addresses),
                () -> told.fact() != null && told.usable().equals(List.of(addresses)));
    }
}
