package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is safe is sent again, to an endpoint that has not been tried; what is not safe never is. */
class GrpcRepeatsTest {
    private final AtomicInteger repeats = new AtomicInteger();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public void repeated(Target target, Endpoint failed, Outcome outcome) {
            repeats.incrementAndGet();
        }
    }));

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
        assertThat(bad.calls()).isPositive().isEqualTo(repeats.get());
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
    void three_attempts_on_three_endpoints_and_no_more() throws Exception {
        List<TestBackend> bad = List.of(unavailable(), unavailable(), unavailable(), unavailable());
        door.publish(bad);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        await().until(() -> channel.getState(true) == ConnectivityState.READY);
        await().until(() -> bad.stream().allMatch(backend -> backend.connections() == 1));

        assertThatThrownBy(() -> GrpcDoor.call(channel, TestBackend.IDEMPOTENT)).hasMessageContaining("not now");

        assertThat(bad.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(3);
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

    @Test
    void a_backend_killed_with_calls_in_flight_loses_no_idempotent_one() throws Exception {
        TestBackend silent = door.closedAtEnd(TestBackend.start((request, answer) -> {}));
        TestBackend good = door.backend();
        door.publish(List.of(silent, good));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        List<CompletableFuture<Status>> ends = new ArrayList<>();
        // A connection may be late, and then the other gets the first calls alone.
        await().until(() -> {
            ends.add(Calls.begin(channel.newCall(TestBackend.IDEMPOTENT, CallOptions.DEFAULT)));
            return silent.calls() >= 5;
        });

        silent.close();

        assertThat(ends)
                .allSatisfy(end ->
                        assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK));
        assertThat(good.calls()).isEqualTo(ends.size());
    }

    @Test
    void a_call_that_its_caller_cancels_is_not_repeated() throws Exception {
        List<TestBackend> silent = List.of(
                door.closedAtEnd(TestBackend.start((request, answer) -> {})),
                door.closedAtEnd(TestBackend.start((request, answer) -> {})));
        door.publish(silent);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        ClientCall<String, String> call = channel.newCall(TestBackend.IDEMPOTENT, CallOptions.DEFAULT);
        CompletableFuture<Status> end = Calls.begin(call);
        await().until(() -> silent.get(0).calls() + silent.get(1).calls() == 1);

        call.cancel("enough", null);

        assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.CANCELLED);
        assertThat(repeats).hasValue(0);
    }
}
