package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.inmesh.api.Endpoint;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service of a thousand endpoints, each with an address and a connection of its own; one server plays them all. */
class GrpcLargeSetTest {
    private static final int COUNT = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(3); // On a machine with much else to do.

    private final GrpcDoor door = new GrpcDoor();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Endpoint> endpoints = new ArrayList<>();

    private Server server;

    /** Connections in all, and calls by the address that was reached. */
    private final class Counting extends ServerTransportFilter implements ServerInterceptor {
        @Override
        public Attributes transportReady(Attributes attributes) {
            connections.incrementAndGet();
            return attributes;
        }

        @Override
        public void transportTerminated(Attributes attributes) {
            connections.decrementAndGet();
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            InetSocketAddress reached = (InetSocketAddress)
                    Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
            calls.computeIfAbsent(reached.getAddress().getHostAddress(), address -> new AtomicInteger())
                    .incrementAndGet();
            return next.startCall(call, headers);
        }
    }

    @BeforeEach
    void start() throws Exception {
        Counting counting = new Counting();
        server = NettyServerBuilder.forAddress(new InetSocketAddress("0.0.0.0", 0))
                .addService(ServerServiceDefinition.builder("test.Orders")
                        .addMethod(TestBackend.UNSAFE, ServerCalls.asyncUnaryCall((request, answer) -> {
                            answer.onNext(request);
                            answer.onCompleted();
                        }))
                        .build())
                .intercept(counting)
                .addTransportFilter(counting)
                .build()
                .start();
        for (int i = 0; i < COUNT; i++) {
            endpoints.add(Endpoint.of("127.1." + i / 250 + "." + (i % 250 + 1), server.getPort()));
        }
        publish(COUNT);
    }

    @AfterEach
    void close() {
        door.close();
        server.shutdownNow();
    }

    private void publish(int count) {
        door.publish(endpoints.subList(0, count).toArray(Endpoint[]::new));
    }

    private void awaitConnections(ManagedChannel channel, int count) {
        channel.getState(true);
        await().atMost(LIMIT).until(() -> connections.get() == count);
    }

    /** So many calls, a hundred at a time. */
    private static void call(ManagedChannel channel, int times) throws Exception {
        for (int done = 0; done < times; done += 100) {
            List<CompletableFuture<Status>> ends = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                ends.add(Calls.begin(channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT)));
            }
            for (CompletableFuture<Status> end : ends) {
                assertThat(end.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).returns(true, Status::isOk);
            }
        }
    }

    private List<Integer> shares() {
        return calls.values().stream().map(AtomicInteger::get).toList();
    }

    @Test
    void every_endpoint_is_connected_to_once_and_has_its_share_and_most_of_them_may_leave() throws Exception {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        awaitConnections(channel, COUNT);
        call(channel, 2 * COUNT); // The last connections have been heard of by now.
        calls.clear();

        call(channel, 5 * COUNT);
        assertThat(shares()).hasSize(COUNT).allSatisfy(share -> assertThat(share)
                .isBetween(4, 6));

        publish(10);
        awaitConnections(channel, 10);
        calls.clear();
        call(channel, 1_000);
        assertThat(shares()).hasSize(10).allSatisfy(share -> assertThat(share).isBetween(98, 102));
    }

    @Test
    void of_a_subset_no_more_are_connected_to_than_it_has() throws Exception {
        ManagedChannel channel =
                door.channel(GrpcDoor.ORDERS + "?policy=round-robin&subset.mode=random&subset.size=20");
        call(channel, 1_000);
        awaitConnections(channel, 20);
        calls.clear();

        call(channel, 2_000);

        assertThat(connections).hasValue(20);
        assertThat(shares()).hasSize(20).allSatisfy(share -> assertThat(share).isBetween(98, 102));
    }

    @Test
    void the_policy_of_most_spreads_over_a_thousand_too() throws Exception {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        awaitConnections(channel, COUNT);
        call(channel, 2 * COUNT);
        calls.clear();

        call(channel, 10 * COUNT);

        // By chance alone 10 on average: 30 would be six standard deviations away.
        assertThat(shares()).hasSizeGreaterThan(COUNT - 10).allSatisfy(share -> assertThat(share)
                .isLessThan(30));
    }

    @Test
    void keys_are_with_their_endpoints_from_the_first_call_on() throws Exception {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=destination-hash");
        List<Endpoint> cold = servedByKeys(channel);
        awaitConnections(channel, COUNT);

        assertThat(servedByKeys(channel)).isEqualTo(cold);
        assertThat(Set.copyOf(cold)).hasSizeGreaterThan(100);
    }

    /** Which endpoints serve two hundred keys that call at once. */
    private static List<Endpoint> servedByKeys(ManagedChannel channel) throws Exception {
        List<ServedBy> served = new ArrayList<>();
        List<CompletableFuture<Status>> ends = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ServedBy by = new ServedBy();
            served.add(by);
            ends.add(Calls.begin(channel.newCall(
                    TestBackend.UNSAFE,
                    CallOptions.DEFAULT
                            .withOption(MeshChannels.KEY, "customer-" + i)
                            .withOption(MeshChannels.SERVED_BY, by))));
        }
        for (CompletableFuture<Status> end : ends) {
            assertThat(end.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).returns(true, Status::isOk);
        }
        return served.stream().map(ServedBy::endpoint).toList();
    }
}
