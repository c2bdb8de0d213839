package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.ServiceFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Service's session affinity through a channel. */
class GrpcAffinityTest {
    private static final ServiceFacts CLIENT_IP =
            new ServiceFacts(GrpcDoor.KEY, "", Duration.ofHours(3), Map.of(), null, null);

    private final GrpcDoor door = new GrpcDoor(builder -> builder.defaults(Map.of("policy", "round-robin")));

    @AfterEach
    void close() {
        door.close();
    }

    private void publish(List<TestBackend> backends) {
        door.cluster.publish(
                GrpcDoor.ORDERS,
                CLIENT_IP,
                backends.stream().map(TestBackend::endpoint).toList());
    }

    private static Endpoint choice(LoadBalancer balancer) {
        return ((EndpointView) balancer.choose(PickContext.NONE)).endpoint();
    }

    @Test
    void Y_5_a_channel_and_the_plain_door_stay_with_the_same_endpoint() throws Exception {
        List<TestBackend> backends = door.backends(4);
        publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        for (int i = 0; i < 40; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        TestBackend chosen =
                backends.stream().filter(each -> each.calls() > 0).findFirst().orElseThrow();
        assertThat(chosen.calls()).isEqualTo(40);

        try (LoadBalancer plain = door.mesh.service(GrpcDoor.ORDERS)) {
            plain.whenReady(Duration.ofSeconds(5)).toCompletableFuture().join();
            for (int i = 0; i < 8; i++) {
                assertThat(choice(plain)).isEqualTo(chosen.endpoint());
            }
            List<TestBackend> others =
                    backends.stream().filter(each -> each != chosen).toList();
            publish(others);
            await().until(() -> !choice(plain).equals(chosen.endpoint()));
            Endpoint next = choice(plain);
            for (int i = 0; i < 20; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            assertThat(others).allSatisfy(each -> assertThat(each.calls())
                    .isEqualTo(each.endpoint().equals(next) ? 20 : 0));
        }
    }

    @Test
    void Y_6_a_policy_in_the_target_overrides_and_a_second_channel_without_one_does_not() throws Exception {
        List<TestBackend> backends = door.backends(3);
        publish(backends);
        ManagedChannel turns = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        for (int i = 0; i < 30; i++) {
            GrpcDoor.call(turns, TestBackend.UNSAFE);
        }
        assertThat(backends).allSatisfy(backend -> assertThat(backend.calls()).isPositive());
    }

    @Test
    void Y_4_an_endpoint_that_code_quiesces_loses_its_client() throws Exception {
        Set<String> quiesced = ConcurrentHashMap.newKeySet();
        GrpcDoor weighed = new GrpcDoor(builder -> builder.defaults(Map.of("policy", "round-robin"))
                .weights(endpoint -> quiesced.contains(endpoint.id()) ? 0 : 1));
        try {
            List<TestBackend> backends = weighed.backends(3);
            List<Endpoint> endpoints =
                    backends.stream().map(TestBackend::endpoint).toList();
            weighed.cluster.publish(GrpcDoor.ORDERS, CLIENT_IP, endpoints);
            ManagedChannel channel = weighed.channel(GrpcDoor.ORDERS);
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            TestBackend first = backends.stream()
                    .filter(each -> each.calls() > 0)
                    .findFirst()
                    .orElseThrow();
            quiesced.add(first.endpoint().id());
            // Another leaves, so that endpoints are arranged anew; calls follow as soon as the channel has heard.
            List<Endpoint> fewer = new ArrayList<>(endpoints);
            fewer.remove((endpoints.indexOf(first.endpoint()) + 1) % 3);
            weighed.cluster.publish(GrpcDoor.ORDERS, CLIENT_IP, fewer);
            await().until(() -> {
                int before = first.calls();
                GrpcDoor.call(channel, TestBackend.UNSAFE);
                return first.calls() == before;
            });
            int before = first.calls();
            for (int i = 0; i < 10; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            assertThat(first.calls()).isEqualTo(before);
        } finally {
            weighed.close();
        }
    }

    @Test
    void Y_4_an_endpoint_that_cannot_be_connected_to_loses_its_client() throws Exception {
        List<TestBackend> backends = door.backends(3);
        publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        TestBackend first =
                backends.stream().filter(each -> each.calls() > 0).findFirst().orElseThrow();

        first.close();

        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }
        assertThat(backends.stream().filter(each -> each.calls() >= 20 - 2)).hasSize(1);
    }
}
