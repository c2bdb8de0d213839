package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the application says of its services changes while a channel is in use. */
class GrpcReconfiguredTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> policies = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public void pickerPublished(Target target, String policy, int candidates) {
            policies.add(policy);
        }
    }));

    @AfterEach
    void close() {
        door.close();
    }

    private void awaitPolicy(String policy) {
        await().atMost(LIMIT)
                .until(() ->
                        !policies.isEmpty() && policies.get(policies.size() - 1).equals(policy));
    }

    @Test
    void a_channel_takes_it_over_and_no_call_is_lost() throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        awaitPolicy("power-of-two");
        door.mesh.configure(Map.of("policy", "random"), Map.of());
        awaitPolicy("random");
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        door.mesh.configure(Map.of("policy", "random"), Map.of("orders.shop", Map.of("policy", "round-robin")));
        awaitPolicy("round-robin");
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        assertThatThrownBy(() -> door.mesh.configure(Map.of("policy", "rendom"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(4);
        awaitPolicy("round-robin");
    }
}
