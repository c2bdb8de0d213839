package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;

/** What a gRPC call says, word for word, where a name, a right or the API is missing. */
class GrpcErrorTextsTest {
    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final GrpcPod pod = GrpcPod.start(44);
    private final ApplicationContextRunner context = Contexts.all()
            .withConfiguration(AutoConfigurations.of(
                    GrpcClientAutoConfiguration.class,
                    CompositeChannelFactoryAutoConfiguration.class,
                    InmeshGrpcAutoConfiguration.class))
            .withPropertyValues(
                    "inmesh.kubernetes.master-url=" + api.url(),
                    "inmesh.kubernetes.network=inside",
                    "inmesh.kubernetes.namespace=shop",
                    "inmesh.startup-wait=2s");

    @AfterEach
    void stop() {
        pod.close();
        api.close();
    }

    private void orders() {
        ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("grpc", 9090, "grpc"))
                .add(ScriptedPod.of("orders-1", pod.address()).withPort("grpc", pod.port()));
    }

    private static ManagedChannel channel(ApplicationContext started, String target) {
        return started.getBean(GrpcChannelFactory.class).createChannel(target);
    }

    /** Of a call that fails, which none of these may do in any other way. */
    private static String text(Callable<String> call) {
        StatusRuntimeException failure = Assertions.catchThrowableOfType(StatusRuntimeException.class, call::call);
        assertThat(failure).isNotNull();
        assertThat(failure.getStatus().getCode()).as("%s", failure).isEqualTo(Status.Code.UNAVAILABLE);
        return String.valueOf(failure.getStatus().getDescription());
    }

    @Test
    void a_typo_in_the_services_name() {
        orders();
        context.run(started -> assertThat(text(() -> GrpcPod.nameOf(channel(started, "k8s:///order.shop:grpc"))))
                .isEqualTo(
                        "NOT_FOUND: order in namespace shop, port grpc: there is no Service of that name in that namespace;"
                                + " check both (a name without a namespace means the client's own)."
                                + " Its endpoints are used as soon as it exists"));
    }

    @Test
    void a_typo_in_the_ports_name_and_in_its_number() {
        orders();
        context.run(started -> {
            assertThat(text(() -> GrpcPod.nameOf(channel(started, "k8s:///orders.shop:grcp"))))
                    .isEqualTo("NO_SUCH_PORT: orders in namespace shop, port grcp: the Service has no such TCP port,"
                            + " it has grpc (9090); name one of these by name or number"
                            + " (the Service's own number, not that of pod or node)");
            assertThat(text(() -> GrpcPod.nameOf(channel(started, "k8s:///orders.shop:9099"))))
                    .startsWith("NO_SUCH_PORT: orders in namespace shop, port 9099: the Service has no such TCP port,"
                            + " it has grpc (9090); ");
        });
    }

    @Test
    void rights_that_are_missing() {
        orders();
        // All, since a set of slices, or of Endpoints instead, may be known, and stay in use, before the Service is
        // refused.
        for (ResourceType type : List.of(ResourceType.SERVICES, ResourceType.ENDPOINT_SLICES, ResourceType.ENDPOINTS)) {
            api.access().forbid("list", type);
            api.access().forbid("watch", type);
        }
        context.run(started -> assertThat(text(() -> GrpcPod.nameOf(channel(started, "k8s:///orders.shop:grpc"))))
                .startsWith("FORBIDDEN: orders in namespace shop, port grpc: the Kubernetes API at " + api.url()
                        + " forbids this client to ")
                .containsPattern(
                        "(services|endpointslices|endpoints) \\(API group '.*'\\) in namespace shop \\(403 saying '")
                .endsWith("""
                        Add this role, and bind it to the client's service account:
                        apiVersion: rbac.authorization.k8s.io/v1
                        kind: Role
                        metadata:
                          name: inmesh
                          namespace: shop
                        rules:
                        - {apiGroups: [""], resources: [services], verbs: [list, watch]}
                        - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
                        """));
    }

    @Test
    void an_api_that_is_down_when_the_application_starts_and_is_up_later() {
        orders();
        api.stop();
        context.run(started -> {
            ManagedChannel channel = channel(started, "k8s:///orders.shop:grpc");
            assertThat(text(() -> GrpcPod.nameOf(channel)))
                    .isEqualTo("NOT_SYNCED: orders in namespace shop, port grpc: the Kubernetes API at " + api.url()
                            + " cannot be reached (ConnectException); it is asked again until it answers,"
                            + " and endpoints known before stay in use");
            api.start();
            Awaitility.await().atMost(Duration.ofMinutes(2)).ignoreExceptions().untilAsserted(() -> assertThat(
                            GrpcPod.nameOf(channel))
                    .isEqualTo("pod-44"));
        });
    }
}
