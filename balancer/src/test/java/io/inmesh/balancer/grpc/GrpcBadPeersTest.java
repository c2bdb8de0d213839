package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hosts that vanish, servers that stop reading, and servers that say goodbye: calls to the others go on. */
class GrpcBadPeersTest {
    private static final Duration LIMIT = Duration.ofMinutes(2); // On a machine with much else to do.

    private final List<String> ejected = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {
            ejected.add(endpoint.address());
        }
    }));
    private final List<Gateway> gateways = new ArrayList<>();

    @AfterEach
    void close() {
        door.close();
        gateways.forEach(Gateway::close);
    }

    private Gateway gateway(TestBackend backend) throws Exception {
        Gateway gateway = Gateway.to(backend);
        gateways.add(gateway);
        return gateway;
    }

    private static CallOptions patient() {
        return CallOptions.DEFAULT.withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Both are connected to and have had a call. */
    private static void settle(ManagedChannel channel, TestBackend... backends) {
        await().atMost(LIMIT).until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE, patient());
            for (TestBackend backend : backends) {
                if (backend.calls() == 0) {
                    return false;
                }
            }
            return true;
        });
    }

    @Test
    void a_host_that_vanishes_is_ejected_by_calls_that_run_out_of_time_and_gets_no_more() throws Exception {
        TestBackend there = door.backend();
        TestBackend vanishing = door.backend();
        Gateway way = gateway(vanishing);
        door.publish(there.endpoint(), way.endpoint());
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        settle(channel, there, vanishing);

        way.fallSilent();
        List<Status.Code> ends = new ArrayList<>();
        await().atMost(LIMIT).until(() -> {
            ends.add(codeOf(channel, CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS)));
            return !ejected.isEmpty();
        });

        assertThat(ejected).containsExactly(way.endpoint().address());
        assertThat(ends).contains(Status.Code.DEADLINE_EXCEEDED);
        await().atMost(LIMIT)
                .until(
                        () -> { // The channel hears of it a moment later.
                            for (int i = 0; i < 4; i++) {
                                if (codeOf(channel, CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS))
                                        != Status.Code.OK) {
                                    return false;
                                }
                            }
                            return true;
                        });
        for (int i = 0; i < 50; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, patient());
        }
    }

    private static Status.Code codeOf(ManagedChannel channel, CallOptions options) {
        try {
            GrpcDoor.call(channel, TestBackend.UNSAFE, options);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @Test
    void of_a_host_that_vanishes_gRPCs_keepalive_ends_the_connection_and_a_call_that_is_safe_ends_elsewhere()
            throws Exception {
        TestBackend there = door.backend();
        TestBackend vanishing = door.backend();
        Gateway way = gateway(vanishing);
        door.publish(there.endpoint(), way.endpoint());
        // gRPC asks every ten seconds and no sooner.
        ManagedChannel channel = door.channel(
                GrpcDoor.ORDERS + "?policy=round-robin",
                builder -> builder.keepAliveTime(10, TimeUnit.SECONDS).keepAliveTimeout(1, TimeUnit.SECONDS));
        settle(channel, there, vanishing);

        way.fallSilent();
        int before = there.calls();
        List<CompletableFuture<Status>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(Calls.begin(channel.newCall(TestBackend.IDEMPOTENT, patient())));
        }

        assertThat(calls).allSatisfy(end -> assertThat(
                        end.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getCode())
                .isEqualTo(Status.Code.OK));
        assertThat(there.calls()).isEqualTo(before + 4);
    }

    @Test
    void a_server_that_stops_reading_holds_its_own_calls_up_and_no_others() throws Exception {
        TestBackend reading = door.backend();
        TestBackend stopping = door.backend();
        Gateway way = gateway(stopping);
        door.publish(reading.endpoint(), way.endpoint());
        ManagedChannel inTurn = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        ManagedChannel byLoad = door.channel(GrpcDoor.ORDERS);
        settle(inTurn, reading, stopping);
        GrpcDoor.call(byLoad, TestBackend.UNSAFE, patient());

        way.fallSilent();
        List<ClientCall<String, String>> stuck = new ArrayList<>();
        try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            await().atMost(LIMIT).until(() -> {
                if (inFlight(view, way.endpoint()) < 3) {
                    stuck.add(longWinded(inTurn));
                }
                return inFlight(view, way.endpoint()) >= 3 && inFlight(view, reading.endpoint()) == 0;
            });

            int before = reading.calls();
            for (int i = 0; i < 20; i++) {
                stuck.add(longWinded(inTurn)); // Half of them are for the one that reads, and end.
            }
            await().atMost(LIMIT).until(() -> reading.calls() == before + 10);
            await().atMost(LIMIT).until(() -> inFlight(view, reading.endpoint()) == 0);
            for (int i = 0; i < 200; i++) {
                GrpcDoor.call(byLoad, TestBackend.UNSAFE, patient());
            }
            assertThat(reading.calls()).isEqualTo(before + 210);
            stuck.forEach(call -> call.cancel("enough", null));
            await().atMost(LIMIT)
                    .until(() -> view.snapshot().endpoints().stream().allMatch(each -> each.inFlight() == 0));
        }
    }

    private static int inFlight(LoadBalancer view, Endpoint endpoint) {
        return view.snapshot().endpoints().stream()
                .filter(each -> each.endpoint().address().equals(endpoint.address()))
                .mapToInt(each -> each.inFlight())
                .sum();
    }

    /** Begins a conversation, and says more than flow control lets out to a server that does not read. */
    private static ClientCall<String, String> longWinded(ManagedChannel channel) {
        ClientCall<String, String> call = channel.newCall(TestBackend.CONVERSATION, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.request(2);
        call.sendMessage("x".repeat(2_000_000));
        return call;
    }

    @Test
    void servers_that_let_connections_grow_no_older_than_a_second_lose_no_call() throws Exception {
        List<TestBackend> backends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            backends.add(door.closedAtEnd(TestBackend.start(
                    0,
                    (request, answer) -> {
                        answer.onNext(request);
                        answer.onCompleted();
                    },
                    builder -> builder.maxConnectionAge(1, TimeUnit.SECONDS)
                            .maxConnectionAgeGrace(30, TimeUnit.SECONDS))));
        }
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        Load load = Load.on(channel, TestBackend.UNSAFE, 3);
        try (load) {
            await().atMost(LIMIT).until(() -> backends.stream().allMatch(backend -> backend.connectionsEver() >= 3));
        }

        assertThat(load.failures()).isEmpty();
        assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(load.answered());
        assertThat(backends).allSatisfy(backend -> assertThat(backend.calls()).isPositive());
    }
}
