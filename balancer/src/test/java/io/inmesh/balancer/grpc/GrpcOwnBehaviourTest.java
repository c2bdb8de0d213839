package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What gRPC's documents say of channels, name resolvers and load balancers holds with ours, on sockets. */
class GrpcOwnBehaviourTest {
    private final GrpcDoor door = new GrpcDoor(builder -> builder.startupWait(Duration.ofMillis(200)));

    @BeforeAll
    static void patience() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private static Status.Code failureOf(ManagedChannel channel, CallOptions options) {
        try {
            GrpcDoor.call(channel, TestBackend.UNSAFE, options);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static CompletableFuture<Status> waitingCall(ManagedChannel channel) {
        return Calls.begin(channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT.withWaitForReady()));
    }

    private static void awaitState(ManagedChannel channel, ConnectivityState state) {
        await().until(() -> channel.getState(false) == state);
    }

    /** Every state that the channel goes through from now on, the present one included. */
    private static List<ConnectivityState> statesOf(ManagedChannel channel) {
        List<ConnectivityState> states = new CopyOnWriteArrayList<>();
        record Watching(ManagedChannel channel, List<ConnectivityState> states) implements Runnable {
            @Override
            public void run() {
                ConnectivityState now = channel.getState(false);
                states.add(now);
                if (now != ConnectivityState.SHUTDOWN) {
                    channel.notifyWhenStateChanged(now, this);
                }
            }
        }
        new Watching(channel, states).run();
        return states;
    }

    @Test
    void a_channel_is_idle_then_connecting_then_ready_and_failing_while_nobody_can_be_reached() throws Exception {
        TestBackend backend = door.backend();
        int port = backend.endpoint().port();
        door.publish(List.of(backend));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        List<ConnectivityState> states = statesOf(channel);
        assertThat(states).containsExactly(ConnectivityState.IDLE);

        GrpcDoor.call(channel, TestBackend.UNSAFE);
        await().until(() -> states.contains(ConnectivityState.READY));
        assertThat(states)
                .containsExactly(ConnectivityState.IDLE, ConnectivityState.CONNECTING, ConnectivityState.READY);

        backend.close();
        awaitState(channel, ConnectivityState.TRANSIENT_FAILURE);
        assertThat(failureOf(channel, CallOptions.DEFAULT)).isEqualTo(Status.Code.UNAVAILABLE);

        TestBackend back = door.closedAtEnd(TestBackend.start(
                port,
                (request, answer) -> {
                    answer.onNext(request);
                    answer.onCompleted();
                },
                builder -> builder));
        channel.resetConnectBackoff();
        awaitState(channel, ConnectivityState.READY);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        assertThat(back.calls()).isEqualTo(1);

        channel.shutdownNow();
        await().until(() -> states.get(states.size() - 1) == ConnectivityState.SHUTDOWN);
    }

    @Test
    void a_backend_that_comes_back_is_connected_to_by_itself_after_gRPCs_back_off() throws Exception {
        TestBackend gone = TestBackend.start();
        int port = gone.endpoint().port();
        gone.close();
        door.publish(List.of(gone));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        assertThat(failureOf(channel, CallOptions.DEFAULT)).isEqualTo(Status.Code.UNAVAILABLE);
        CompletableFuture<Status> waiting = waitingCall(channel);

        TestBackend back = door.closedAtEnd(TestBackend.start(
                port,
                (request, answer) -> {
                    answer.onNext(request);
                    answer.onCompleted();
                },
                builder -> builder));

        assertThat(waiting.get(60, TimeUnit.SECONDS).isOk()).isTrue();
        assertThat(back.calls()).isEqualTo(1);
    }

    @Test
    void an_idle_channel_keeps_no_connection_and_wakes_up_with_a_call_or_when_asked() throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        channel.enterIdle();
        awaitState(channel, ConnectivityState.IDLE); // Behind what the channel is busy with.
        await().until(() -> backends.stream().allMatch(backend -> backend.connections() == 0));

        GrpcDoor.call(channel, TestBackend.UNSAFE);
        awaitState(channel, ConnectivityState.READY);
        channel.enterIdle();
        awaitState(channel, ConnectivityState.IDLE);
        assertThat(channel.getState(true)).isEqualTo(ConnectivityState.IDLE);
        awaitState(channel, ConnectivityState.READY);
        assertThat(door.cluster.resolvers()).isEqualTo(1);
    }

    @Test
    void a_channel_becomes_idle_by_itself() throws Exception {
        List<TestBackend> backends = door.backends(1);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS, builder -> builder.idleTimeout(1, TimeUnit.SECONDS));
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        awaitState(channel, ConnectivityState.IDLE);
        await().until(() -> backends.get(0).connections() == 0);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
    }

    @Test
    void an_empty_list_fails_calls_leaves_running_ones_alone_and_is_over_with_the_next_list() throws Exception {
        List<StreamObserver<String>> running = new CopyOnWriteArrayList<>();
        TestBackend slow = door.closedAtEnd(TestBackend.start((request, answer) -> running.add(answer)));
        door.publish(List.of(slow));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        CompletableFuture<Status> call = waitingCall(channel);
        await().until(() -> running.size() == 1);

        door.publish(List.of());
        awaitState(channel, ConnectivityState.TRANSIENT_FAILURE);
        assertThat(failureOf(channel, CallOptions.DEFAULT)).isEqualTo(Status.Code.UNAVAILABLE);
        CompletableFuture<Status> waiting = waitingCall(channel);
        running.get(0).onNext("done");
        running.get(0).onCompleted();
        assertThat(call.get(30, TimeUnit.SECONDS).isOk()).isTrue();

        door.publish(door.backends(1));
        assertThat(waiting.get(30, TimeUnit.SECONDS).isOk()).isTrue();
        awaitState(channel, ConnectivityState.READY);
    }

    @Test
    void updates_while_a_channel_shuts_down_and_after_it_harm_nobody() throws Exception {
        List<StreamObserver<String>> running = new CopyOnWriteArrayList<>();
        TestBackend slow = door.closedAtEnd(TestBackend.start((request, answer) -> running.add(answer)));
        List<TestBackend> others = door.backends(2);
        door.publish(List.of(slow));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        CompletableFuture<Status> call = waitingCall(channel);
        await().until(() -> running.size() == 1);

        channel.shutdown();
        for (int i = 0; i < 20; i++) {
            door.publish(i % 2 == 0 ? others : List.of(slow));
            door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_SYNCED, "away"));
        }
        running.get(0).onNext("done");
        running.get(0).onCompleted();

        assertThat(call.get(30, TimeUnit.SECONDS).isOk()).isTrue();
        assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        door.publish(others);
        assertThat(others).allSatisfy(backend -> assertThat(backend.calls()).isZero());
        await().until(() -> door.cluster.resolvers() == 0);
        assertThat(failureOf(channel, CallOptions.DEFAULT)).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void connections_that_fail_make_gRPC_ask_for_a_refresh_which_changes_nothing() throws Exception {
        TestBackend dead = TestBackend.start();
        dead.close();
        TestBackend alive = door.backend();
        door.publish(List.of(dead, alive));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        await().until(() -> door.cluster.refreshes() > 0);

        for (int i = 0; i < 10; i++) {
            channel.resetConnectBackoff();
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        assertThat(door.cluster.resolvers()).isEqualTo(1);
        assertThat(alive.connections()).isEqualTo(1);
    }

    @Test
    void a_resolver_that_cannot_say_anything_is_asked_again_by_gRPCs_back_off() {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);

        assertThat(failureOf(channel, CallOptions.DEFAULT)).isEqualTo(Status.Code.UNAVAILABLE);

        await().until(() -> door.cluster.refreshes() > 0);
        awaitState(channel, ConnectivityState.TRANSIENT_FAILURE);
    }

    @Test
    void a_call_that_waits_for_ready_waits_where_another_fails_at_once() throws Exception {
        TestBackend dead = TestBackend.start();
        dead.close();
        door.publish(List.of(dead));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        CompletableFuture<Status> waiting = waitingCall(channel);

        assertThat(failureOf(channel, CallOptions.DEFAULT)).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(waiting).isNotDone();
        door.publish(door.backends(1));

        assertThat(waiting.get(30, TimeUnit.SECONDS).isOk()).isTrue();
    }

    @Test
    void a_deadline_ends_a_call_wherever_it_is() throws Exception {
        CallOptions soon = CallOptions.DEFAULT
                .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                .withWaitForReady();
        assertThat(failureOf(door.channel(GrpcDoor.ORDERS), soon))
                .as("before anything is known")
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);

        TestBackend silent = door.closedAtEnd(TestBackend.start((request, answer) -> {}));
        door.publish(List.of(silent));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        CallOptions later =
                CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS).withWaitForReady();
        assertThat(failureOf(channel, later)).as("at a backend").isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            await().until(() -> view.snapshot().endpoints().stream().allMatch(each -> each.inFlight() == 0));
        }
        assertThatThrownBy(() -> GrpcDoor.call(
                        channel, TestBackend.UNSAFE, CallOptions.DEFAULT.withDeadlineAfter(-1, TimeUnit.SECONDS)))
                .hasMessageContaining("DEADLINE_EXCEEDED");
    }

    @Test
    void a_call_that_is_not_taken_back_by_its_listener_is_told_once_how_it_ended() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        List<Status> ends = new CopyOnWriteArrayList<>();
        ClientCall<String, String> call = channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ends.add(status);
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage("hello");
        call.halfClose();
        end.get(30, TimeUnit.SECONDS);
        call.cancel("too late", null);
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        assertThat(ends).hasSize(1).first().returns(true, Status::isOk);
    }
}
