package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A channel under {@code subset.mode}: it is connected to its part and to nobody else. */
class GrpcSubsetTest {
    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    private static List<TestBackend> connected(List<TestBackend> backends) {
        return backends.stream().filter(each -> each.connections() > 0).toList();
    }

    @Test
    void only_the_part_is_connected_to_and_another_joins_while_one_of_it_fails() throws Exception {
        List<TestBackend> backends = door.backends(8);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin&subset.mode=random&subset.size=3");
        for (int i = 0; i < 60; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }
        List<TestBackend> part = connected(backends);
        assertThat(part).hasSize(3).allSatisfy(each -> assertThat(each.calls()).isBetween(15, 25));

        part.get(0).close();
        await().until(() -> connected(backends).size() == 3);
        int before = backends.stream().mapToInt(TestBackend::calls).sum();
        for (int i = 0; i < 60; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }
        assertThat(connected(backends)).containsAll(part.subList(1, 3)).hasSize(3);
        assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isGreaterThanOrEqualTo(before + 60);

        door.publish(backends.subList(0, 6)); // No more than twice the size: the part is all that is left.
        await().until(() -> {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
            return connected(backends)
                    .equals(backends.subList(0, 6).stream()
                            .filter(each -> each != part.get(0))
                            .toList());
        });
    }
}
