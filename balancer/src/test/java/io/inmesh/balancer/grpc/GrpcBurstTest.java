package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Policies that go by the load see the calls that are begun before any has ended (C8). */
class GrpcBurstTest {
    private static final Duration LIMIT = Duration.ofMinutes(1); // On a machine with much else to do.

    private final GrpcDoor door = new GrpcDoor();
    private final List<ClientCall<String, String>> open = new ArrayList<>();

    /** Whether backends answer. */
    private volatile boolean answering = true;

    @AfterEach
    void close() {
        open.forEach(call -> call.cancel("the test is over", null));
        door.close();
    }

    private TestBackend backend(BiConsumer<String, StreamObserver<String>> otherwise) throws Exception {
        return door.closedAtEnd(TestBackend.start((request, answer) -> {
            if (answering) {
                answer.onNext(request);
                answer.onCompleted();
            } else {
                otherwise.accept(request, answer);
            }
        }));
    }

    /** All are connected to, and no call runs. */
    private int[] settle(ManagedChannel channel, List<TestBackend> backends) {
        await().atMost(LIMIT).until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            return backends.stream().allMatch(backend -> backend.calls() > 0);
        });
        answering = false;
        return backends.stream().mapToInt(TestBackend::calls).toArray();
    }

    private static int[] since(int[] before, List<TestBackend> backends) {
        return IntStream.range(0, before.length)
                .map(i -> backends.get(i).calls() - before[i])
                .toArray();
    }

    private void begin(ManagedChannel channel) {
        ClientCall<String, String> call = channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT);
        open.add(call);
        Object unused = Calls.begin(call);
    }

    private int[] burst(String settings, int backendCount, int calls) throws Exception {
        List<TestBackend> backends = new ArrayList<>();
        for (int i = 0; i < backendCount; i++) {
            backends.add(backend((request, answer) -> {}));
        }
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + settings);
        int[] before = settle(channel, backends);
        for (int i = 0; i < calls; i++) {
            begin(channel);
        }
        await().atMost(LIMIT).until(() -> IntStream.of(since(before, backends)).sum() == calls);
        return since(before, backends);
    }

    @Test
    void the_least_connected_gets_the_next_of_a_burst() throws Exception {
        int[] calls = burst("?policy=least-connection&least-connection.exact=true", 5, 53);
        assertThat(IntStream.of(calls).max().orElseThrow()
                        - IntStream.of(calls).min().orElseThrow())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void the_less_connected_of_two_gets_the_next_of_a_burst() throws Exception {
        int[] calls = burst("?policy=power-of-two", 5, 500);
        // Of 100 on average. Chance alone leaves a spread of 20 or more nearly always, two choices one of a few.
        assertThat(IntStream.of(calls).max().orElseThrow()
                        - IntStream.of(calls).min().orElseThrow())
                .isLessThanOrEqualTo(10);
    }

    @Test
    void who_does_not_answer_gets_next_to_nothing_more_of_power_of_two() throws Exception {
        TestBackend silent = backend((request, answer) -> {});
        List<TestBackend> backends = new ArrayList<>(List.of(silent));
        for (int i = 0; i < 3; i++) {
            backends.add(backend((request, answer) -> {
                answer.onNext(request);
                answer.onCompleted();
            }));
        }
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=power-of-two");
        int[] before = settle(channel, backends);

        for (int i = 0; i < 200; i++) {
            begin(channel);
            int begun = i + 1;
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> IntStream.of(since(before, backends)).sum() == begun
                            && door.running() == since(before, backends)[0]);
        }
        assertThat(since(before, backends)[0]).isLessThanOrEqualTo(1);
    }

    @Test
    void who_is_slow_gets_less_of_peak_ewma() throws Exception {
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        try {
            TestBackend slow = door.closedAtEnd(TestBackend.start((request, answer) -> {
                Runnable late = () -> {
                    answer.onNext(request);
                    answer.onCompleted();
                };
                Object unused = later.schedule(late, 100, TimeUnit.MILLISECONDS);
            }));
            List<TestBackend> backends = List.of(slow, door.backend(), door.backend());
            door.publish(backends);
            ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=peak-ewma");
            for (int i = 0; i < 300; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            assertThat(slow.calls()).isLessThan(50);
            assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(300);
        } finally {
            later.shutdownNow();
        }
    }
}
