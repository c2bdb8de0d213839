package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.engine.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds on every transport: all policies, and what happens to endpoints while calls run. */
class GrpcTransportsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1); // On a machine with much else to do.

    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    private ManagedChannel channel(Transport transport, String settings) {
        return door.channel(transport.builder(GrpcDoor.ORDERS + settings), builder -> builder);
    }

    private static int calls(List<TestBackend> backends) {
        return backends.stream().mapToInt(TestBackend::calls).sum();
    }

    /** Calls until all of them are connected to and have had one: then shares are those of the policy. */
    private static void settle(ManagedChannel channel, List<TestBackend> backends) {
        await().atMost(LIMIT).until(() -> {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
            return backends.stream().allMatch(backend -> backend.connections() == 1);
        });
        GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
    }

    static Stream<Arguments> policies() {
        // Of 600 calls in sequence over three: none, or what four standard deviations of chance can do.
        return Stream.of(Transport.values())
                .flatMap(transport -> Stream.of(
                        Arguments.of(transport, "round-robin", 199, 201),
                        Arguments.of(transport, "weighted-round-robin", 198, 202),
                        Arguments.of(transport, "random", 153, 247),
                        Arguments.of(transport, "power-of-two", 153, 247),
                        // Nobody has a call when the next comes, and ties are drawn.
                        Arguments.of(transport, "least-connection", 153, 247)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("policies")
    void calls_spread_as_the_policy_says(Transport transport, String policy, int least, int most) throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = channel(transport, "?policy=" + policy);
        settle(channel, backends);
        List<Integer> before = backends.stream().map(TestBackend::calls).toList();

        for (int i = 0; i < 600; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        for (int i = 0; i < 3; i++) {
            assertThat(backends.get(i).calls() - before.get(i))
                    .as("share of backend %d", i)
                    .isBetween(least, most);
        }
        assertThat(calls(backends))
                .isEqualTo(600 + before.stream().mapToInt(Integer::intValue).sum());
    }

    static Stream<Arguments> everyPolicy() {
        return Stream.concat(
                        Policies.builtIn().stream()
                                .flatMap(policy -> Stream.concat(Stream.of(policy.name()), policy.aliases().stream())),
                        Stream.of("node-local"))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("everyPolicy")
    void every_policy_serves_every_call_by_each_of_its_names(String policy) throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends);
        ManagedChannel channel = channel(Transport.NETTY, "?policy=" + policy);

        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        assertThat(calls(backends)).isEqualTo(20);
    }

    static Stream<Arguments> keyed() {
        return Stream.of(Transport.values()).flatMap(transport -> Stream.of(
                        "destination-hash", "maglev", "ring-hash", "rendezvous", "dh", "source-hash", "first")
                .map(policy -> Arguments.of(transport, policy)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("keyed")
    void calls_of_one_key_stay_together_and_move_on_when_their_endpoint_leaves(Transport transport, String policy)
            throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = channel(transport, "?policy=" + policy);
        CallOptions key = CallOptions.DEFAULT.withOption(MeshChannels.KEY, "ann");
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, key);
        }
        TestBackend home =
                backends.stream().filter(each -> each.calls() == 20).findFirst().orElseThrow();

        List<TestBackend> others =
                backends.stream().filter(each -> each != home).toList();
        door.publish(others);
        await().atMost(LIMIT).until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE, key);
            return calls(others) > 0;
        });
        int before = home.calls();
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, key);
        }
        assertThat(home.calls()).isEqualTo(before);
        assertThat(others).extracting(TestBackend::calls).contains(0);
    }

    @ParameterizedTest
    @EnumSource
    void a_service_scaled_to_zero_says_so_and_its_calls_go_on_when_it_is_back(Transport transport) throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends);
        ManagedChannel channel = channel(transport, "");
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        door.publish();
        await().atMost(LIMIT).untilAsserted(() -> assertThatThrownBy(() -> GrpcDoor.call(channel, TestBackend.UNSAFE))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("UNAVAILABLE: NO_ENDPOINTS: orders in namespace shop, port grpc: "));
        await().atMost(LIMIT).until(() -> backends.stream().allMatch(backend -> backend.connections() == 0));

        List<TestBackend> newer = door.backends(2);
        door.publish(newer);
        await().atMost(LIMIT).ignoreException(StatusRuntimeException.class).until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            return newer.stream().allMatch(backend -> backend.calls() > 0);
        });
    }

    @ParameterizedTest
    @EnumSource
    void endpoints_replaced_one_by_one_under_load_lose_no_call_that_is_safe(Transport transport) throws Exception {
        List<TestBackend> backends = new ArrayList<>(door.backends(3));
        door.publish(backends);
        ManagedChannel channel = channel(transport, "");
        Load load = Load.on(channel, TestBackend.IDEMPOTENT, 4);
        try (load;
                LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            for (int i = 0; i < 6; i++) {
                TestBackend leaver = backends.remove(0);
                TestBackend comer = door.backend();
                backends.add(comer);
                door.publish(backends);
                await().atMost(LIMIT).until(() -> comer.calls() > 20);
                if (i % 2 == 0) {
                    leaver.close(); // Without waiting for those that run there.
                }
            }
            int before = load.answered();
            await().atMost(LIMIT).until(() -> load.answered() > before + 100);
            load.end();
            assertThat(view.snapshot().endpoints()).hasSize(3).allSatisfy(each -> assertThat(each.inFlight())
                    .isZero());
        }
        assertThat(load.failures()).isEmpty();
    }
}
