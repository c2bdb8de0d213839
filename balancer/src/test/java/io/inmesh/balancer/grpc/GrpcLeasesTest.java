package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.api.LoadBalancer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lease begins and ends with its stream, whatever happens to call and channel. */
class GrpcLeasesTest {
    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void calls_cancelled_and_channels_closed_at_any_moment_leave_nothing_in_flight() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        door.publish(door.backends(3));
        try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            for (int round = 0; round < 60; round++) {
                // Calls that are seen as a whole, and such that are not.
                ManagedChannel channel = door.channel(GrpcDoor.ORDERS + (round % 2 == 0 ? "" : "?retry.attempts=1"));
                List<CompletableFuture<?>> ends = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    ClientCall<String, String> call = channel.newCall(TestBackend.IDEMPOTENT, CallOptions.DEFAULT);
                    ends.add(Calls.begin(call));
                    spin(random.nextInt(200_000));
                    if (random.nextBoolean()) {
                        call.cancel("test", null);
                    }
                }
                spin(random.nextInt(500_000));
                channel.shutdownNow();
                CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                        .join();
            }
            await().untilAsserted(() -> assertThat(view.snapshot().endpoints())
                    .hasSize(3)
                    .allSatisfy(endpoint -> assertThat(endpoint.inFlight()).isZero()));
        }
        await().until(() -> door.mesh.engine().states().size() == 0);
    }

    @Test
    void a_call_cancelled_while_buffered_counts_nowhere() {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS); // nothing is published yet
        ClientCall<String, String> call = channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT.withWaitForReady());
        CompletableFuture<?> end = Calls.begin(call);

        call.cancel("test", null);

        end.join();
        assertThat(door.mesh.engine().states().size()).isZero();
    }

    @Test
    void closing_the_last_channel_ends_watch_and_state() throws Exception {
        door.publish(door.backends(2));
        ManagedChannel one = door.channel(GrpcDoor.ORDERS);
        ManagedChannel other = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(one, TestBackend.UNSAFE);
        GrpcDoor.call(other, TestBackend.UNSAFE);
        assertThat(door.cluster.resolvers()).isEqualTo(2);

        one.shutdownNow();
        other.shutdownNow();

        await().until(() ->
                door.cluster.resolvers() == 0 && door.mesh.engine().states().size() == 0);
    }

    /** Passes a random, short time, so that what follows meets the call at a random moment of its life. */
    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void attempts_that_are_switched_off_and_on_while_calls_run_leave_nothing_in_flight() throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends, Map.of());
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        List<CompletableFuture<Status>> ends = new ArrayList<>();
        try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 20; i++) {
                    ends.add(Calls.begin(channel.newCall(TestBackend.IDEMPOTENT, CallOptions.DEFAULT)));
                }
                door.publish(backends, Map.of("retry.attempts", round % 2 == 0 ? "1" : "3"));
            }
            for (CompletableFuture<Status> end : ends) {
                assertThat(end.get(30, TimeUnit.SECONDS)).returns(true, Status::isOk);
            }
            await().untilAsserted(() -> assertThat(view.snapshot().endpoints())
                    .hasSize(2)
                    .allSatisfy(endpoint -> assertThat(endpoint.inFlight()).isZero()));
        }
        assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(400);
    }
}
