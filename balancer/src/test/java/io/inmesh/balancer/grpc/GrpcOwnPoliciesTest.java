package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies of gRPC's own over the addresses that our resolver finds. */
class GrpcOwnPoliciesTest {
    /** By which gRPC lets a ring hash find its key in calls that no xDS server speaks of. */
    private static final String HASH_HEADER = "GRPC_EXPERIMENTAL_RING_HASH_SET_REQUEST_HASH_KEY";

    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
        System.clearProperty(HASH_HEADER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"round_robin", "pick_first", "ring_hash_experimental"})
    void it_uses_them_and_follows_when_they_change(String policy) throws Exception {
        System.setProperty(HASH_HEADER, "true");
        Map<String, ?> settings = policy.startsWith("ring") ? Map.of("requestHashHeader", "x-user") : Map.of();
        List<TestBackend> backends = door.backends(4);
        door.publish(backends.subList(0, 2));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS, builder -> builder.disableServiceConfigLookUp()
                .defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of(policy, settings)))));
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        assertThat(calls(backends.subList(0, 2))).isEqualTo(20);

        door.publish(backends.subList(2, 4));
        await().until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            return calls(backends.subList(2, 4)) > 0
                    && backends.get(0).connections() + backends.get(1).connections() == 0;
        });
        int old = calls(backends.subList(0, 2));
        int before = calls(backends);
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        assertThat(calls(backends.subList(0, 2))).isEqualTo(old);
        assertThat(calls(backends)).isEqualTo(before + 20);
    }

    private static int calls(List<TestBackend> backends) {
        return backends.stream().mapToInt(TestBackend::calls).sum();
    }
}
