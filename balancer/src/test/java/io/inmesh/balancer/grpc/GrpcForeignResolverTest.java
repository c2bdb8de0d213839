package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.inprocess.InProcessSocketAddress;
import io.grpc.stub.ServerCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our policy over somebody else's name resolver, on sockets and inside the process. */
class GrpcForeignResolverTest {
    private final GrpcDoor door = new GrpcDoor();
    private final List<Runnable> atEnd = new ArrayList<>();

    @AfterEach
    void close() {
        for (int i = atEnd.size() - 1; i >= 0; i--) {
            atEnd.get(i).run();
        }
        door.close();
    }

    private ManagedChannel channel(ManagedChannelBuilder<?> builder, Map<String, ?> settings) {
        ManagedChannel channel = builder.defaultServiceConfig(
                        Map.of("loadBalancingConfig", List.of(Map.of("inmesh", settings))))
                .build();
        atEnd.add(channel::shutdownNow);
        return channel;
    }

    private void list(List<? extends SocketAddress> addresses) {
        ListedAddresses listed = ListedAddresses.register(addresses);
        atEnd.add(listed::close);
    }

    @Test
    void an_address_that_is_given_twice_is_connected_to_once_and_has_one_share() throws Exception {
        List<TestBackend> backends = door.backends(2);
        InetSocketAddress first = new InetSocketAddress(
                InetAddress.getLoopbackAddress(), backends.get(0).endpoint().port());
        InetSocketAddress second = new InetSocketAddress(
                InetAddress.getLoopbackAddress(), backends.get(1).endpoint().port());
        list(List.of(first, second, first));
        ManagedChannel channel = channel(
                Grpc.newChannelBuilder("listed:///orders", InsecureChannelCredentials.create()),
                Map.of("policy", "round-robin"));

        for (int i = 0; i < 40; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        assertThat(backends).allSatisfy(backend -> {
            assertThat(backend.connections()).isEqualTo(1);
            // A call that waits for a connection is placed a second time, which takes another turn.
            assertThat(backend.calls()).isBetween(18, 22);
        });
        channel.shutdownNow();
        await().until(() -> MeshLoan.users() == 0);
    }

    @Test
    void servers_inside_the_process_are_balanced_by_turns_and_by_key() throws Exception {
        List<AtomicInteger> calls = new ArrayList<>();
        List<InProcessSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            AtomicInteger counted = new AtomicInteger();
            String name = "orders-" + UUID.randomUUID();
            Server server = InProcessServerBuilder.forName(name)
                    .addService(ServerServiceDefinition.builder("test.Orders")
                            .addMethod(TestBackend.UNSAFE, ServerCalls.asyncUnaryCall((request, answer) -> {
                                counted.incrementAndGet();
                                answer.onNext(request);
                                answer.onCompleted();
                            }))
                            .build())
                    .build()
                    .start();
            atEnd.add(server::shutdownNow);
            calls.add(counted);
            addresses.add(new InProcessSocketAddress(name));
        }
        list(addresses);
        ManagedChannel byTurns =
                channel(InProcessChannelBuilder.forTarget("listed:///orders"), Map.of("policy", "round-robin"));
        for (int i = 0; i < 30; i++) {
            GrpcDoor.call(byTurns, TestBackend.UNSAFE);
        }
        // A call that waits for a connection is placed a second time, which takes another turn.
        assertThat(calls).allSatisfy(each -> assertThat(each.get()).isBetween(8, 12));
        List<Integer> before = calls.stream().map(AtomicInteger::get).toList();

        ManagedChannel byKey =
                channel(InProcessChannelBuilder.forTarget("listed:///orders"), Map.of("policy", "destination-hash"));
        ServedBy served = new ServedBy();
        CallOptions options =
                CallOptions.DEFAULT.withOption(MeshChannels.KEY, "ann").withOption(MeshChannels.SERVED_BY, served);
        for (int i = 0; i < 30; i++) {
            GrpcDoor.call(byKey, TestBackend.UNSAFE, options);
        }
        assertThat(IntStream.range(0, 3).map(i -> calls.get(i).get() - before.get(i)))
                .containsExactlyInAnyOrder(30, 0, 0);
        assertThat(served.endpoint()).isNotNull();
    }
}
