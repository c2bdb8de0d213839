package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A pod that has an address of each family. */
@SuppressWarnings("AddressSelection") // Literals, which no name server turns into several addresses.
class GrpcFamiliesTest {
    private static final Duration LIMIT = Duration.ofMinutes(1); // On a machine with much else to do.

    private final GrpcDoor door = new GrpcDoor();
    private final AtomicInteger overFour = new AtomicInteger();
    private final AtomicInteger overSix = new AtomicInteger();

    private Server pod;

    @BeforeEach
    void start() throws Exception {
        assumeThat(hasBoth()).as("this machine has both families").isTrue();
        pod = NettyServerBuilder.forAddress(new InetSocketAddress("::", 0))
                .addService(ServerServiceDefinition.builder("test.Orders")
                        .addMethod(TestBackend.IDEMPOTENT, ServerCalls.asyncUnaryCall((request, answer) -> {
                            answer.onNext(request);
                            answer.onCompleted();
                        }))
                        .build())
                .intercept(new Counting())
                .build()
                .start();
    }

    @AfterEach
    void close() {
        door.close();
        if (pod != null) {
            pod.shutdownNow();
        }
    }

    private static boolean hasBoth() {
        try (ServerSocket six = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return six.isBound() && !Boolean.getBoolean("java.net.preferIPv4Stack");
        } catch (IOException e) {
            return false;
        }
    }

    /** Counts calls by the family they came over. */
    private final class Counting implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            InetSocketAddress reached = (InetSocketAddress)
                    Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
            (reached.getAddress() instanceof Inet4Address ? overFour : overSix).incrementAndGet();
            return next.startCall(call, headers);
        }
    }

    private Endpoint at(String address) {
        return Endpoint.of(address, pod.getPort()).withId("uid-1:" + pod.getPort());
    }

    @Test
    @DisplayName(
            "F-5, F-6: a service falls back to the other family and returns; its pods keep their state and lose no call")
    void the_family_changes_under_load() throws Exception {
        door.publish(at("127.0.0.1"));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        Load load = Load.on(channel, TestBackend.IDEMPOTENT, 2);
        try (load;
                LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            await().atMost(LIMIT).until(() -> overFour.get() > 20);
            for (int i = 0; i < 3; i++) {
                int six = overSix.get();
                door.publish(at("::1"));
                await().atMost(LIMIT).until(() -> overSix.get() > six + 20);
                int four = overFour.get();
                door.publish(at("127.0.0.1"));
                await().atMost(LIMIT).until(() -> overFour.get() > four + 20);
            }
            load.end();
            assertThat(view.snapshot().endpoints()).singleElement().satisfies(one -> {
                assertThat(one.endpoint().id()).isEqualTo("uid-1:" + pod.getPort());
                assertThat(one.inFlight()).isZero();
            });
        }
        assertThat(load.failures()).isEmpty();
    }

    @Test
    void of_two_addresses_that_another_resolver_gives_a_server_the_one_that_answers_is_used_and_it_has_one_share()
            throws Exception {
        InetSocketAddress dead;
        try (ServerSocket closedAtOnce = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            dead = new InetSocketAddress("::1", closedAtOnce.getLocalPort());
        }
        InetSocketAddress alive = new InetSocketAddress("127.0.0.1", pod.getPort());
        TestBackend other = door.backend();
        InetSocketAddress second =
                new InetSocketAddress("127.0.0.1", other.endpoint().port());
        ListedAddresses listed = ListedAddresses.registerGroups(
                List.of(new EquivalentAddressGroup(List.of(dead, alive)), new EquivalentAddressGroup(second)));
        try (listed) {
            ManagedChannel channel = door.channel(
                    Grpc.newChannelBuilder("listed:///orders", InsecureChannelCredentials.create()),
                    builder -> builder.defaultServiceConfig(
                            Map.of("loadBalancingConfig", List.of(Map.of("inmesh", Map.of("policy", "round-robin"))))));
            await().atMost(LIMIT).until(() -> {
                GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
                return overFour.get() > 0 && other.calls() > 0;
            });
            int before = overFour.get();
            int others = other.calls();
            for (int i = 0; i < 40; i++) {
                GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
            }
            assertThat(overFour.get() - before).isBetween(19, 21);
            assertThat(other.calls() - others).isBetween(19, 21);
            channel.shutdownNow();
        }
        await().atMost(LIMIT).until(() -> MeshLoan.users() == 0);
    }
}
