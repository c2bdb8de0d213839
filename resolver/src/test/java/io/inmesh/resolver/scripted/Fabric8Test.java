package io.inmesh.resolver.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that is not ours understands the server: the one that the resolver is built on. */
class Fabric8Test {
    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final ScriptedService orders =
            ScriptedService.of(server, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));

    @AfterEach
    void close() {
        server.close();
    }

    private KubernetesClient client(Path directory, boolean onlyHttpWatches) throws Exception {
        Path file = directory.resolve("config");
        server.access().requireToken("t0ken");
        server.kubeconfig(file, "shop");
        Config config = Config.fromKubeconfig(file.toFile());
        config.setOnlyHttpWatches(onlyHttpWatches);
        config.setWatchReconnectInterval(50);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Test
    void it_lists_with_selectors_in_the_namespace_of_the_kubeconfig(@TempDir Path directory) throws Exception {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        ScriptedService.of(server, "shop", "carts");
        try (KubernetesClient client = client(directory, true)) {
            List<EndpointSlice> slices = client.discovery()
                    .v1()
                    .endpointSlices()
                    .withLabel("kubernetes.io/service-name", "orders")
                    .list()
                    .getItems();
            assertThat(slices).singleElement().satisfies(slice -> {
                assertThat(slice.getEndpoints().get(0).getAddresses()).containsExactly("10.0.0.1");
                assertThat(slice.getPorts().get(0).getPort()).isEqualTo(8080);
            });
            List<Service> services =
                    client.services().withField("metadata.name", "carts").list().getItems();
            assertThat(services).singleElement().satisfies(service -> assertThat(
                            service.getMetadata().getName())
                    .isEqualTo("carts"));
        }
    }

    @ParameterizedTest(name = "plain HTTP only: {0}")
    @ValueSource(booleans = {true, false})
    void its_informer_follows_pods_through_a_cut_a_compaction_and_a_server_that_was_down(
            boolean onlyHttpWatches, @TempDir Path directory) throws Exception {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        try (KubernetesClient client = client(directory, onlyHttpWatches);
                SharedIndexInformer<EndpointSlice> informer =
                        client.discovery().v1().endpointSlices().inform()) {
            awaitEndpoints(informer, 1);
            awaitWatch();
            orders.add(ScriptedPod.of("orders-2", "10.0.0.2"));
            awaitEndpoints(informer, 2);

            server.watches().cut(ApiRequest::any);
            orders.remove("orders-1");
            awaitEndpoints(informer, 1);
            awaitWatch();

            server.stop();
            orders.add(ScriptedPod.of("orders-3", "10.0.0.3"), ScriptedPod.of("orders-4", "10.0.0.4"));
            server.compact();
            server.start();
            awaitEndpoints(informer, 3);
        }
    }

    private void awaitWatch() {
        Awaitility.await()
                .until(() -> server.watches().count(request -> request.isFor(ResourceType.ENDPOINT_SLICES)) == 1);
    }

    private static void awaitEndpoints(SharedIndexInformer<EndpointSlice> informer, int expected) {
        Awaitility.await()
                .until(() -> informer.getStore().list().stream()
                                .mapToInt(slice -> slice.getEndpoints().size())
                                .sum()
                        == expected);
    }
}
