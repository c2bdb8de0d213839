package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets how much on a real channel, by the property that each policy is chosen for. Three backends weigh 1, 2 and 3. */
class GrpcSharesTest {
    private static final Duration LIMIT = Duration.ofMinutes(1); // On a machine with much else to do.
    private static final int CALLS = 240;

    private final GrpcDoor door = new GrpcDoor();
    private final List<TestBackend> backends = new ArrayList<>();
    private final Queue<StreamObserver<String>> held = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Status>> begun = new ArrayList<>();
    private List<Integer> before = List.of();

    @AfterEach
    void close() {
        door.close();
    }

    /** Answers at once, and what says "hold" when it is told to. */
    private TestBackend backend() throws IOException {
        return door.closedAtEnd(TestBackend.start((request, answer) -> {
            if (request.equals("hold")) {
                held.add(answer);
            } else {
                answer(answer);
            }
        }));
    }

    private static void answer(StreamObserver<String> answer) {
        answer.onNext("done");
        answer.onCompleted();
    }

    private ManagedChannel channel(String settings, int... weights) throws IOException {
        Endpoint[] endpoints = new Endpoint[weights.length];
        for (int i = 0; i < weights.length; i++) {
            backends.add(backend());
            endpoints[i] = backends.get(i).endpoint().withWeight(weights[i]);
        }
        door.publish(endpoints);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + settings);
        await().atMost(LIMIT).until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            return backends.stream().allMatch(each -> each.connections() == 1) && allAreReady();
        });
        GrpcDoor.call(channel, TestBackend.UNSAFE); // Placed by a picker that has all of them.
        before = counts();
        return channel;
    }

    /** What the channel knows of its connections, which its servers know a moment earlier. */
    private boolean allAreReady() {
        return door.mesh.snapshots().stream()
                .flatMap(shown -> shown.endpoints().stream())
                .allMatch(endpoint -> endpoint.connection() == EndpointView.Connection.READY);
    }

    private List<Integer> counts() {
        return backends.stream().map(TestBackend::calls).toList();
    }

    /** What each has had since all of them are connected to. */
    private List<Integer> shares() {
        return IntStream.range(0, backends.size())
                .mapToObj(i -> backends.get(i).calls() - before.get(i))
                .toList();
    }

    /** Lets so many calls run beside each other, each placed by what the ones before it have left. */
    private void hold(ManagedChannel channel, int calls) {
        for (int i = 0; i < calls; i++) {
            begun.add(Calls.begin(channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT), "hold"));
        }
        await().atMost(LIMIT)
                .until(() -> held.size()
                                + begun.stream()
                                        .filter(CompletableFuture::isDone)
                                        .count()
                        == begun.size());
    }

    private void release() throws Exception {
        while (!held.isEmpty()) {
            answer(held.remove());
        }
        for (CompletableFuture<Status> each : begun) {
            assertThat(each.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
        }
        begun.clear();
    }

    static Stream<Arguments> byWeight() {
        // None, or what four standard deviations of chance can do.
        return Stream.of(
                Arguments.of("round-robin", 2),
                Arguments.of("weighted-round-robin", 2),
                Arguments.of("random", 31),
                Arguments.of("power-of-two", 31));
    }

    @ParameterizedTest
    @MethodSource("byWeight")
    void one_call_after_another_goes_by_weight(String policy, int chance) throws Exception {
        ManagedChannel channel = channel("?policy=" + policy, 1, 2, 3);

        for (int i = 0; i < CALLS; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        List<Integer> shares = shares();
        for (int i = 0; i < 3; i++) {
            int due = CALLS * (i + 1) / 6;
            assertThat(shares.get(i)).as("%s", shares).isBetween(due - chance, due + chance);
        }
    }

    @ParameterizedTest
    @CsvSource({"least-connection,4,4,4", "wlc,2,4,6", "sed,2,4,6", "nq,2,4,6"})
    void calls_beside_each_other_are_even_or_go_by_weight(String policy, int one, int two, int three) throws Exception {
        ManagedChannel channel = channel("?policy=" + policy, 1, 2, 3);

        hold(channel, 12);

        assertThat(shares()).containsExactly(one, two, three);
        release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sed", "nq"})
    void the_third_call_queues_with_sed_and_not_with_nq(String policy) throws Exception {
        ManagedChannel channel = channel("?policy=" + policy, 1, 2, 3);

        hold(channel, 3);

        assertThat(shares()).isEqualTo(policy.equals("nq") ? List.of(1, 1, 1) : List.of(0, 1, 2));
        release();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void overflow_fills_the_heaviest_first_and_turns_down_what_is_too_much_only_if_it_is_strict(boolean strict)
            throws Exception {
        ManagedChannel channel = channel("?policy=ovf&ovf.strict=" + strict, 1, 2, 3);

        hold(channel, 4);
        assertThat(shares()).containsExactly(0, 0, 4);
        hold(channel, 5);
        assertThat(shares()).containsExactly(2, 3, 4);

        Status more = GrpcDoor.failureOf(channel, TestBackend.UNSAFE);
        assertThat(more.getCode()).isEqualTo(strict ? Status.Code.UNAVAILABLE : Status.Code.OK);
        if (strict) {
            assertThat(more.getDescription()).startsWith("LIMITED: ");
        }
        release();
    }

    @Test
    void failover_leaves_all_to_the_heaviest() throws Exception {
        ManagedChannel channel = channel("?policy=fo", 1, 3, 2);

        hold(channel, 30);

        assertThat(shares()).containsExactly(0, 30, 0);
        release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lblc", "lblcr"})
    void keys_are_spread_and_stay_where_they_are(String policy) throws Exception {
        ManagedChannel channel = channel("?policy=" + policy, 1, 1, 1);

        callWithKeys(channel);
        List<Integer> first = shares();
        assertThat(first).allSatisfy(share -> assertThat(share).isBetween(27, 73)); // Four standard deviations.
        callWithKeys(channel);

        assertThat(shares()).isEqualTo(first.stream().map(share -> 2 * share).toList());
    }

    private static void callWithKeys(ManagedChannel channel) {
        for (int i = 0; i < 150; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, CallOptions.DEFAULT.withOption(MeshChannels.KEY, "key-" + i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"peak-ewma", "prequal"})
    void nobody_gets_all_or_nothing_of_calls_beside_each_other(String policy) throws Exception {
        ManagedChannel channel = channel("?policy=" + policy, 1, 1, 1);

        // How quick each has been counts as well, and one that happened to be slow is avoided for a while.
        await().atMost(LIMIT).until(() -> {
            before = counts();
            hold(channel, 48);
            List<Integer> shares = shares();
            release();
            return shares.stream().allMatch(share -> share >= 4 && share <= 32);
        });
    }
}
