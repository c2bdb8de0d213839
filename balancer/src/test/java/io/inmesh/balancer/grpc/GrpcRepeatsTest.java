package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is safe is sent once more, to an endpoint that has not been tried; what is not safe never is. */
class GrpcRepeatsTest {
    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    private TestBackend unavailable() throws Exception {
        return door.closedAtEnd(TestBackend.start((request, answer) ->
                answer.onError(Status.UNAVAILABLE.withDescription("not now").asRuntimeException())));
    }

    @Test
    void an_idempotent_call_is_repeated_on_the_other_endpoint_every_time() throws Exception {
        TestBackend good = door.backend();
        TestBackend bad = unavailable();
        door.publish(List.of(good, bad));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=random");

        for (int i = 0; i < 100; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }

        assertThat(good.calls()).isEqualTo(100);
        assertThat(bad.calls()).isPositive();
    }

    @Test
    void an_unsafe_call_that_was_answered_with_unavailable_is_not_repeated() throws Exception {
        TestBackend bad = unavailable();
        door.publish(List.of(bad));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);

        assertThatThrownBy(() -> GrpcDoor.call(channel, TestBackend.UNSAFE)).hasMessageContaining("not now");

        assertThat(bad.calls()).isEqualTo(1);
    }

    @Test
    void a_caller_may_declare_a_call_idempotent() throws Exception {
        TestBackend good = door.backend();
        door.publish(List.of(good, unavailable()));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=random");

        for (int i = 0; i < 50; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, CallOptions.DEFAULT.withOption(MeshChannels.IDEMPOTENT, true));
        }

        assertThat(good.calls()).isEqualTo(50);
    }

    @Test
    void one_repeat_and_no_more() throws Exception {
        List<TestBackend> bad = List.of(unavailable(), unavailable(), unavailable());
        door.publish(bad);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);

        assertThatThrownBy(() -> GrpcDoor.call(channel, TestBackend.IDEMPOTENT)).hasMessageContaining("not now");

        assertThat(bad.stream().map(TestBackend::calls)).containsExactlyInAnyOrder(0, 1, 1);
    }

    @Test
    void a_backend_killed_without_warning_loses_no_idempotent_call() throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");

        for (int i = 0; i < 300; i++) {
            if (i == 100) {
                backends.get(0).close();
            }
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }

        assertThat(backends.get(1).calls() + backends.get(2).calls()).isGreaterThanOrEqualTo(200);
    }
}
