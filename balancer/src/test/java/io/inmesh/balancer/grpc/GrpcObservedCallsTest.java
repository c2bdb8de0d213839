package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Reason;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.observe.CallObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Observers that follow calls hear of each call of a channel and of each of its attempts. */
class GrpcObservedCallsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<Heard> calls = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public CallObserver calling(Target target) {
            Heard heard = new Heard(target.toString(), Thread.currentThread());
            calls.add(heard);
            return heard;
        }
    }));

    /** What is heard of one call, in that order. */
    private record Heard(String target, Thread thread, List<String> events) implements CallObserver {
        private Heard(String target, Thread thread) {
            this(target, thread, new CopyOnWriteArrayList<>());
        }

        @Override
        public AttemptObserver attempt(Endpoint endpoint) {
            events.add("attempt at " + endpoint.address());
            return outcome -> events.add(endpoint.address() + " ended: " + outcome);
        }

        @Override
        public void ended(int attempts, Outcome outcome) {
            events.add("call ended after " + attempts + ": " + outcome);
        }

        private boolean isOver() {
            return events.stream().anyMatch(event -> event.startsWith("call ended"));
        }
    }

    @AfterEach
    void close() {
        door.close();
    }

    private void awaitEnds(int count) {
        await().atMost(LIMIT)
                .until(() -> calls.size() == count && calls.stream().allMatch(Heard::isOver));
    }

    @Test
    void attempts_are_told_with_their_call_and_as_many_as_backends_count() throws Exception {
        TestBackend good = door.backend();
        TestBackend bad = door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.UNAVAILABLE.asRuntimeException())));
        door.publish(List.of(good, bad));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=random");
        for (int i = 0; i < 50; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }
        awaitEnds(50);
        String there = good.endpoint().address();
        String broken = bad.endpoint().address();
        String failed = broken + " ended: " + Outcome.failure(Outcome.Origin.GATEWAY, Outcome.Delivery.SENT);
        assertThat(calls).allSatisfy(call -> {
            boolean repeated = call.events().size() > 3;
            assertThat(call.events())
                    .isEqualTo(
                            repeated
                                    ? List.of(
                                            "attempt at " + broken,
                                            failed,
                                            "attempt at " + there,
                                            there + " ended: " + Outcome.SUCCESS,
                                            "call ended after 2: " + Outcome.SUCCESS)
                                    : List.of(
                                            "attempt at " + there,
                                            there + " ended: " + Outcome.SUCCESS,
                                            "call ended after 1: " + Outcome.SUCCESS));
        });
        assertThat(calls.stream().filter(call -> call.events().size() > 3))
                .hasSize(bad.calls())
                .isNotEmpty();
        assertThat(calls).extracting(Heard::target).containsOnly(GrpcDoor.ORDERS + "?policy=random");
    }

    @Test
    void calls_are_told_on_their_callers_thread_also_where_they_are_not_repeated() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?retry.attempts=1");
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        awaitEnds(2);
        assertThat(calls.get(1).thread()).isSameAs(Thread.currentThread());
    }

    @Test
    void a_call_that_gets_no_endpoint_or_is_given_up_ends_once() throws Exception {
        TestBackend silent = door.closedAtEnd(TestBackend.start((request, answer) -> {}));
        door.publish(List.of(silent));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        ClientCall<String, String> call = channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage("hello");
        call.halfClose();
        await().atMost(LIMIT).until(() -> silent.calls() == 1);
        call.cancel("enough", null);
        awaitEnds(1);
        String there = silent.endpoint().address();
        assertThat(calls.get(0).events())
                .containsExactly(
                        "attempt at " + there,
                        there + " ended: " + Outcome.CANCELLED,
                        "call ended after 1: " + Outcome.CANCELLED);
        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_FOUND, "gone"));
        await().atMost(LIMIT)
                .until(() -> GrpcDoor.failureOf(channel, TestBackend.UNSAFE).getCode() == Status.Code.UNAVAILABLE);
        awaitEnds(calls.size());
        assertThat(calls.get(calls.size() - 1).events())
                .containsExactly(
                        "call ended after 0: " + Outcome.failure(Outcome.Origin.LOCAL, Outcome.Delivery.NOT_SENT));
    }
}
