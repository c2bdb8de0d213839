package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.inmesh.balancer.testing.OpenWatchings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Observers hear of each watching of the gRPC door that it ends, once: a channel begins another each time that it goes idle. */
class GrpcWatchingsTest {
    private final OpenWatchings watchings = new OpenWatchings();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(watchings));

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void each_watching_of_a_channel_ends_once_also_those_before_it_was_idle() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        for (int wakings = 1; wakings <= 3; wakings++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            channel.enterIdle();
            int begun = wakings + 1;
            await().untilAsserted(() -> {
                assertThat(watchings.begun()).isEqualTo(begun);
                assertThat(watchings.ended()).hasSize(begun - 1);
            });
        }
        channel.shutdownNow();
        await().untilAsserted(() -> assertThat(watchings.ended()).hasSize(4));
        assertThat(watchings.ended())
                .containsExactly(
                        GrpcDoor.ORDERS + " #1",
                        GrpcDoor.ORDERS + " #2",
                        GrpcDoor.ORDERS + " #3",
                        GrpcDoor.ORDERS + " #4");
    }

    @Test
    void of_two_channels_that_watch_one_target_each_ends_its_own() {
        ManagedChannel first = door.channel(GrpcDoor.ORDERS);
        ManagedChannel second = door.channel(GrpcDoor.ORDERS);
        assertThat(watchings.begun()).isEqualTo(2);
        second.shutdownNow();
        await().untilAsserted(() -> assertThat(watchings.ended()).containsExactly(GrpcDoor.ORDERS + " #2"));
        first.shutdownNow();
        await().untilAsserted(() ->
                assertThat(watchings.ended()).containsExactly(GrpcDoor.ORDERS + " #2", GrpcDoor.ORDERS + " #1"));
    }
}
