package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that say by gRPC's health protocol that they do not serve get no call, whoever asked for that: our settings, or the user's own service config. */
class GrpcWatchedHealthTest {
    private final GrpcDoor door = new GrpcDoor();
    private final List<HealthStatusManager> healths = new ArrayList<>();
    private final List<TestBackend> backends = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 3; i++) {
            HealthStatusManager health = new HealthStatusManager();
            health.setStatus("test.Orders", ServingStatus.SERVING);
            healths.add(health);
            backends.add(door.closedAtEnd(TestBackend.start(
                    0,
                    (request, answer) -> {
                        answer.onNext(request);
                        answer.onCompleted();
                    },
                    builder -> builder.addService(health.getHealthService()))));
        }
        door.publish(backends);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private void assertFollowsHealth(ManagedChannel channel) {
        assertServe(channel, 0, 1, 2);
        healths.get(1).setStatus("test.Orders", ServingStatus.NOT_SERVING);
        assertServe(channel, 0, 2);
        assertThat(backends.get(1).connectionsEver())
                .as("the channel's own connection, and none to ask over")
                .isEqualTo(1);
        healths.get(1).setStatus("test.Orders", ServingStatus.SERVING);
        assertServe(channel, 0, 1, 2);
    }

    /** Of six calls in a row each of these gets two, and the others none, from some moment on. */
    private void assertServe(ManagedChannel channel, Integer... serving) {
        await().until(() -> {
            int[] before = backends.stream().mapToInt(TestBackend::calls).toArray();
            for (int i = 0; i < 6; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            for (int i = 0; i < before.length; i++) {
                int expected = List.of(serving).contains(i) ? 6 / serving.length : 0;
                if (backends.get(i).calls() - before[i] != expected) {
                    return false;
                }
            }
            return true;
        });
    }

    @Test
    void our_setting_asks_over_the_channels_own_connections() {
        assertFollowsHealth(
                door.channel(GrpcDoor.ORDERS + "?policy=round-robin&check.mode=grpc&check.service=test.Orders"));
    }

    @Test
    void the_users_own_service_config_does_the_same() {
        Map<String, ?> own = Map.of(
                "healthCheckConfig",
                Map.of("serviceName", "test.Orders"),
                "loadBalancingConfig",
                List.of(Map.of("inmesh", Map.of("policy", "round-robin"))));
        UnaryOperator<ManagedChannelBuilder<?>> more =
                builder -> builder.disableServiceConfigLookUp().defaultServiceConfig(own);
        assertFollowsHealth(door.channel(GrpcDoor.ORDERS, more));
    }
}
