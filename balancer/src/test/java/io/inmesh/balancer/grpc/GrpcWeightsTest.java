package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What an application gives its mesh holds for the mesh's channels. */
class GrpcWeightsTest {

    @Test
    void weights_from_code_hold_for_channels() throws Exception {
        AtomicInteger quiesced = new AtomicInteger();
        GrpcDoor door = new GrpcDoor(builder -> builder.weights(endpoint -> endpoint.port() == quiesced.get() ? 0 : 1));
        try {
            List<TestBackend> backends = door.backends(3);
            quiesced.set(backends.get(1).endpoint().port());
            door.publish(backends);
            ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
            for (int i = 0; i < 60; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            assertThat(backends.get(1).calls()).isZero();
            assertThat(backends.get(0).calls()).isPositive();
            assertThat(backends.get(2).calls()).isPositive();
        } finally {
            door.close();
        }
    }

    @Test
    void the_prober_of_the_mesh_is_asked_by_channels() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        GrpcDoor door = new GrpcDoor(builder -> builder.prober((endpoint, answers) -> {
            asked.incrementAndGet();
            answers.answered(endpoint, 0, 1e6);
        }));
        try {
            List<TestBackend> backends = door.backends(3);
            door.publish(backends);
            ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=prequal&prequal.removed=0");
            for (int i = 0; i < 100; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            assertThat(asked.get()).isGreaterThanOrEqualTo(300);
            assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(100);
        } finally {
            door.close();
        }
    }
}
