package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.ServiceFacts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Policy {@code node-local} through the gRPC door. */
class GrpcLocalityTest {
    private static final int CALLS = 30;

    private final GrpcDoor door = new GrpcDoor(builder -> builder.locality(new Locality("n1", "a")));

    @AfterEach
    void close() {
        door.close();
    }

    private static Endpoint on(TestBackend backend, String node, String zone) {
        return backend.endpoint().withLocality(new Locality(node, zone));
    }

    private static void call(ManagedChannel channel) {
        for (int i = 0; i < CALLS; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }
    }

    @Test
    void calls_stay_on_the_node_and_go_on_elsewhere_when_its_backend_dies() throws Exception {
        TestBackend here = door.backend();
        TestBackend there = door.backend();
        door.publish(on(here, "n1", "a"), on(there, "n2", "a"));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=node-local&node-local.policy=round-robin");
        await().until(
                        () -> { // The far one may have been the first to be connected.
                            int before = here.calls();
                            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
                            return here.calls() > before;
                        });
        int elsewhere = there.calls();
        call(channel);
        assertThat(there.calls()).isEqualTo(elsewhere);

        here.close();
        call(channel);
        assertThat(there.calls() - elsewhere).isEqualTo(CALLS);
    }

    @Test
    void strict_turns_calls_down_with_the_reason() throws Exception {
        door.publish(on(door.backend(), "n2", "a"));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=node-local&locality.strict=true");
        assertThatThrownBy(() -> GrpcDoor.call(channel, TestBackend.UNSAFE))
                .hasMessageContaining("NO_LOCAL_ENDPOINTS")
                .hasMessageContaining("n1");
    }

    @Test
    void the_owner_switches_it_on_by_annotation() throws Exception {
        TestBackend here = door.backend();
        TestBackend there = door.backend();
        List<Endpoint> endpoints = List.of(on(here, "n1", "a"), on(there, "n2", "a"));
        ServiceFacts facts = ServiceFacts.of(GrpcDoor.KEY);
        door.cluster.publish(GrpcDoor.ORDERS, facts.withAnnotations(Map.of("policy", "round-robin")), endpoints);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        await().until(() -> {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
            return there.calls() > 0 && here.calls() > 0;
        });
        door.cluster.publish(
                GrpcDoor.ORDERS,
                facts.withAnnotations(Map.of("policy", "node-local", "node-local.policy", "rr")),
                endpoints);
        GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        int before = there.calls();
        call(channel);
        assertThat(there.calls()).isEqualTo(before);
    }
}
