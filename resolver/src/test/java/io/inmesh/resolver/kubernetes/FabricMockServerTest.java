package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Against the mock server of fabric8, which many test with. It opens watches as WebSockets alone: over plain HTTP each ends at once, and
 * changes come by listing again.
 */
@EnableKubernetesMockClient(crud = true, https = false)
class FabricMockServerTest {
    @SuppressWarnings("NullAway.Init") // Both are put in by the extension.
    private KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init")
    private NamespacedKubernetesClient client;

    private final Scheduler scheduler = Scheduler.system("mock-server-test");
    private final Context context = new Context(NanoClock.system(), scheduler);

    @AfterEach
    void close() {
        scheduler.close();
    }

    private static EndpointSlice slice(String... addresses) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("orders-abc")
                .addToLabels("kubernetes.io/service-name", "orders")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("http")
                .withPort(8080)
                .withProtocol("TCP")
                .endPort()
                .withEndpoints(Stream.of(addresses)
                        .map(address -> new EndpointBuilder()
                                .withAddresses(List.of(address))
                                .withNewConditions()
                                .withReady(true)
                                .endConditions()
                                .build())
                        .toList())
                .build();
    }

    @Test
    void the_resolver_syncs_from_it_sees_a_change_and_recovers() {
        client.services()
                .inNamespace("shop")
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName("orders")
                        .endMetadata()
                        .withNewSpec()
                        .withClusterIP("10.96.0.1")
                        .addNewPort()
                        .withName("http")
                        .withPort(80)
                        .withTargetPort(new IntOrString(8080))
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace("shop")
                .resource(slice("10.0.0.1"))
                .create();
        URI url = URI.create(client.getMasterUrl().toString());
        try (KubernetesResolverProvider provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
                .withMasterUrl(url)
                .withNamespace("shop")
                .withNetwork(KubernetesConfig.Network.INSIDE))) {
            Heard heard = new Heard();
            Resolver resolver = provider.newResolver(provider.parse("orders:http"), context);
            resolver.start(heard);
            heard.awaitUsable("10.0.0.1:8080");
            client.discovery()
                    .v1()
                    .endpointSlices()
                    .inNamespace("shop")
                    .resource(slice("10.0.0.1", "10.0.0.2"))
                    .update();
            try {
                heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
            } finally {
                System.out.println("RAW " + heard.messages());
                for (int i = server.getRequestCount(); i > 0; i--) {
                    try {
                        System.out.println("RAW "
                                + server.takeRequest(1, java.util.concurrent.TimeUnit.SECONDS)
                                        .getPath());
                    } catch (InterruptedException e) {
                        break;
                    }
                }
            }
            assertThat(server.getRequestCount()).isPositive();
            resolver.close();
        }
    }
}
