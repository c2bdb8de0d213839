package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long streams last says nothing of their endpoints. Time is a fake clock's; sockets are real. */
class GrpcStreamsTest {
    private static final String BY_LATENCY = GrpcDoor.ORDERS + "?policy=peak-ewma";

    private final FakeClock clock = new FakeClock();
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.clock(clock).observer(new BalancerObserver() {
        @Override
        public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
            outcomes.add(outcome);
        }
    }));

    @AfterEach
    void close() {
        door.close();
    }

    /** A call whose messages and end a test waits for. */
    private static final class Call extends ClientCall.Listener<String> {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final ClientCall<String, String> call;

        Call(ManagedChannel channel, MethodDescriptor<String, String> method, CallOptions options) {
            call = channel.newCall(method, options);
            call.start(this, new Metadata());
            call.request(100);
            call.sendMessage("hello");
        }

        @Override
        public void onMessage(String message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end.complete(status);
        }

        String message() throws InterruptedException {
            String message = messages.poll(30, TimeUnit.SECONDS);
            assertThat(message).isNotNull();
            return String.valueOf(message);
        }

        Status.Code end() throws Exception {
            return end.get(30, TimeUnit.SECONDS).getCode();
        }
    }

    /** Answers each message, and goes on until it is told to end by a message of its name. */
    private TestBackend talking() throws Exception {
        TestBackend backend = door.closedAtEnd(TestBackend.start((request, answer) -> answer.onNext(request)));
        door.publish(List.of(backend));
        return backend;
    }

    private double latencyNanos() {
        try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            view.whenReady(Duration.ofSeconds(30)).toCompletableFuture().join();
            return ((EndpointView) view.choose(PickContext.NONE)).latencyNanos();
        }
    }

    private void awaitOutcomes(int count) {
        await().until(() -> outcomes.size() == count);
    }

    @Test
    void a_stream_of_an_hour_leaves_no_estimate() throws Exception {
        talking();
        ManagedChannel channel = door.channel(BY_LATENCY);
        Call call = new Call(channel, TestBackend.STREAM, CallOptions.DEFAULT);
        call.call.halfClose();
        call.message();

        clock.advance(Duration.ofHours(1));
        call.call.cancel("seen enough", null);

        assertThat(call.end()).isEqualTo(Status.Code.CANCELLED);
        awaitOutcomes(1);
        assertThat(latencyNanos()).isNaN();
    }

    @Test
    void a_conversation_of_an_hour_says_nothing() throws Exception {
        talking();
        ManagedChannel channel = door.channel(BY_LATENCY);
        Call call = new Call(channel, TestBackend.CONVERSATION, CallOptions.DEFAULT);
        call.message();
        clock.advance(Duration.ofHours(1));
        call.call.sendMessage("still there?");
        call.message();
        call.call.halfClose();

        assertThat(call.end()).isEqualTo(Status.Code.OK);
        awaitOutcomes(1);
        assertThat(outcomes).containsExactly(Outcome.SUCCESS);
        assertThat(latencyNanos()).isNaN();
    }

    @Test
    void a_stream_that_goes_on_until_its_deadline_was_not_too_slow() throws Exception {
        talking();
        ManagedChannel channel = door.channel(BY_LATENCY);
        Call call = new Call(channel, TestBackend.STREAM, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));
        call.call.halfClose();
        call.message();
        clock.advance(Duration.ofHours(1));

        assertThat(call.end()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        awaitOutcomes(1);
        assertThat(outcomes).containsExactly(Outcome.CANCELLED);
        assertThat(latencyNanos()).isNaN();
    }

    @Test
    void a_stream_that_says_nothing_until_its_deadline_is_a_timeout_that_costs_what_a_failure_costs() throws Exception {
        door.publish(List.of(door.closedAtEnd(TestBackend.start((request, answer) -> {}))));
        ManagedChannel channel = door.channel(BY_LATENCY);
        Call call = new Call(channel, TestBackend.STREAM, CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS));
        await().until(() -> {
            try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
                return view.snapshot().endpoints().stream().anyMatch(each -> each.inFlight() == 1);
            }
        });
        clock.advance(Duration.ofHours(1));

        assertThat(call.end()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        awaitOutcomes(1);
        assertThat(outcomes).containsExactly(Outcome.TIMEOUT);
        assertThat(latencyNanos()).isEqualTo(5e9);
    }

    @Test
    void a_unary_call_is_measured_to_its_answer() throws Exception {
        door.publish(List.of(door.closedAtEnd(TestBackend.start((request, answer) -> {
            clock.advance(Duration.ofMillis(250));
            answer.onNext(request);
            answer.onCompleted();
        }))));

        GrpcDoor.call(door.channel(BY_LATENCY), TestBackend.UNSAFE);

        awaitOutcomes(1);
        assertThat(latencyNanos()).isEqualTo(250e6);
    }
}
