package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.inmesh.api.Endpoint;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.HeardLog;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An idempotent call without an answer is sent to another endpoint besides, within its limits, and never ends for want of a hedge. */
class GrpcHedgesTest {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    /** Hedges are allowed to every call, unless a test says otherwise. */
    private static final String ORDERS = GrpcDoor.ORDERS + "?eject.enabled=false&policy=round-robin";

    private static final String ALL = "&hedge.percent=100&budget.percent=100";

    private final FakeClock clock = new FakeClock();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final HeardEvents events = new HeardEvents();
    private final GrpcDoor door =
            new GrpcDoor(builder -> builder.observer(events).clock(clock));

    /** What silent backends were asked and have not answered. */
    private final List<ServerCallStreamObserver<String>> waiting = new CopyOnWriteArrayList<>();

    private final AtomicInteger cancelled = new AtomicInteger();

    @AfterEach
    void close() {
        door.close();
    }

    private TestBackend silent() throws Exception {
        return door.closedAtEnd(TestBackend.start((request, answer) -> {
            ServerCallStreamObserver<String> call = (ServerCallStreamObserver<String>) answer;
            call.setOnCancelHandler(cancelled::incrementAndGet);
            waiting.add(call);
        }));
    }

    private TestBackend unavailable() throws Exception {
        return door.closedAtEnd(TestBackend.start((request, answer) ->
                answer.onError(Status.UNAVAILABLE.withDescription("not now").asRuntimeException())));
    }

    /** A channel that has each of them to choose from. */
    private ManagedChannel channel(List<TestBackend> backends, String settings) {
        door.publish(backends);
        ManagedChannel channel = door.channel(ORDERS + settings);
        heard.clear();
        await().until(() -> {
            channel.getState(true);
            return heard("picker round-robin " + backends.size()) > 0;
        });
        // The channel gets a picker in the moment in which observers hear of it, and calls one a moment later.
        await().until(() -> channel.getState(false) == ConnectivityState.READY);
        return channel;
    }

    private static CompletableFuture<Status> begin(ManagedChannel channel, CallOptions options) {
        return Calls.begin(channel.newCall(TestBackend.IDEMPOTENT, options));
    }

    private static Status end(CompletableFuture<Status> call) throws Exception {
        return call.get(20, TimeUnit.SECONDS);
    }

    private long heard(String prefix) {
        heard.addAll(events.take());
        return heard.stream().filter(event -> event.startsWith(prefix)).count();
    }

    private void answer(ServerCallStreamObserver<String> call) {
        call.onNext("late");
        call.onCompleted();
    }

    @Test
    void a_call_without_an_answer_goes_to_another_endpoint_besides_and_the_first_answer_wins() throws Exception {
        TestBackend silent = silent();
        TestBackend good = door.backend();
        // Long enough that the good one answers before it, and that the silent one has been reached, on a busy machine
        // too.
        ManagedChannel channel = channel(List.of(silent, good), "&hedge.delay=200ms" + ALL);

        for (int i = 0; i < 20; i++) {
            assertThat(end(begin(channel, CallOptions.DEFAULT)).isOk()).isTrue();
        }

        assertThat(good.calls()).isEqualTo(20);
        assertThat(silent.calls()).isPositive();
        await().until(() -> cancelled.get() == silent.calls()); // Given up, and its endpoint is not to blame.
        await().untilAsserted(
                        () -> assertThat(heard("completed " + silent.endpoint().address() + " Cancelled"))
                                .isEqualTo(silent.calls()));
        assertThat(heard("hedged " + good.endpoint().address())).isEqualTo(silent.calls());
        assertThat(heard("called 2 Success")).isEqualTo(silent.calls());
        assertThat(heard("called 1 Success")).isEqualTo(20 - silent.calls());
    }

    @Test
    void no_more_than_the_setting_run_at_once_and_in_all() throws Exception {
        List<TestBackend> silent = List.of(silent(), silent(), silent(), silent());
        ManagedChannel two = channel(silent, "&hedge.delay=1ms" + ALL);
        CompletableFuture<Status> ofTwo = begin(two, CallOptions.DEFAULT);
        await().until(() -> waiting.size() == 2);
        answer(waiting.get(0));
        assertThat(end(ofTwo).isOk()).isTrue();
        assertThat(waiting).hasSize(2);

        ManagedChannel three = channel(silent, "&hedge.delay=1ms&hedge.attempts=3" + ALL);
        CompletableFuture<Status> unsafe = Calls.begin(three.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT));
        await().until(() -> waiting.size() == 3); // A third request, without which three hedges would be too many.
        CompletableFuture<Status> ofThree = begin(three, CallOptions.DEFAULT);
        await().until(() -> waiting.size() == 6);
        answer(waiting.get(5));
        assertThat(end(ofThree).isOk()).isTrue();
        assertThat(waiting).hasSize(6);
        answer(waiting.get(2));
        assertThat(end(unsafe).isOk()).isTrue();
    }

    @Test
    void an_unsafe_call_is_not_hedged() throws Exception {
        List<TestBackend> silent = List.of(silent(), silent());
        ManagedChannel channel = channel(silent, "&hedge.delay=1ms" + ALL);
        CompletableFuture<Status> call = Calls.begin(channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT));
        CompletableFuture<Status> other = begin(channel, CallOptions.DEFAULT);
        await().until(() -> waiting.size() == 3); // The other one was hedged meanwhile.

        assertThat(call).isNotDone();
        assertThat(heard("hedged")).isEqualTo(1);
        waiting.forEach(this::answer);
        assertThat(end(call).isOk() && end(other).isOk()).isTrue();
        assertThat(waiting).hasSize(3);
    }

    @Test
    void nobody_is_asked_twice_at_once() throws Exception {
        TestBackend only = silent();
        ManagedChannel channel = channel(List.of(only), "&hedge.delay=1ms" + ALL);
        CompletableFuture<Status> call = begin(channel, CallOptions.DEFAULT);
        CompletableFuture<Status> waits = begin(channel, CallOptions.DEFAULT.withWaitForReady());
        await().until(() -> only.calls() == 2);

        assertEndsByAnswer(List.of(call, waits));
        assertThat(only.calls()).isEqualTo(2);
        assertThat(heard("withheld")).isZero();
    }

    /** Whatever hedges come to nothing meanwhile, they end when they are answered. */
    private void assertEndsByAnswer(List<CompletableFuture<Status>> calls) throws Exception {
        assertThat(calls).noneMatch(CompletableFuture::isDone);
        waiting.forEach(this::answer);
        for (CompletableFuture<Status> call : calls) {
            assertThat(end(call).isOk()).isTrue();
        }
    }

    @Test
    void an_empty_budget_and_a_reached_limit_end_no_call() throws Exception {
        List<TestBackend> silent = List.of(silent(), silent());
        ManagedChannel noBudget =
                channel(silent, "&hedge.delay=1ms&budget.percent=0&budget.min-per-second=0&hedge.percent=100");
        ManagedChannel noHedges = channel(silent, "&hedge.delay=1ms&hedge.percent=1");
        CompletableFuture<Status> one = begin(noBudget, CallOptions.DEFAULT);
        CompletableFuture<Status> waits = begin(noBudget, CallOptions.DEFAULT.withWaitForReady());
        CompletableFuture<Status> other = begin(noHedges, CallOptions.DEFAULT);
        await().until(() -> heard("withheld BUDGET") >= 2 && heard("withheld HEDGE_LIMIT") >= 1);

        assertEndsByAnswer(List.of(one, waits, other));
        assertThat(silent.get(0).calls() + silent.get(1).calls()).isEqualTo(3);
        assertThat(heard("hedged")).isZero();
    }

    @Test
    void a_limit_for_each_attempt_is_a_hedge_after_that_time_from_the_budget_alone() throws Exception {
        TestBackend silent = silent();
        TestBackend good = door.backend();
        // Five hedges for 100 requests, as where there is a hedge.delay, would be none for ten.
        ManagedChannel channel = channel(List.of(silent, good), "&retry.timeout=20ms&budget.percent=100");

        for (int i = 0; i < 10; i++) {
            assertThat(end(begin(channel, CallOptions.DEFAULT)).isOk()).isTrue();
        }

        assertThat(silent.calls()).isPositive();
        // One to the silent endpoint, while the other is late, may be taken back before it arrives.
        assertThat(heard("hedged")).isGreaterThanOrEqualTo(silent.calls());
    }

    @Test
    void a_limit_for_each_attempt_beside_hedges_is_refused_with_a_word() throws Exception {
        TestBackend good = door.backend();
        try (HeardLog log = new HeardLog()) {
            ManagedChannel channel = channel(List.of(good), "&hedge.delay=1s&retry.timeout=10m" + ALL);
            door.publish(List.of(good, door.backend()));
            await().until(() -> heard("picker round-robin 2") > 0);
            assertThat(end(begin(channel, CallOptions.DEFAULT)).isOk()).isTrue();

            assertThat(log.lines("retry.timeout = PT10M is not applied to gRPC calls beside hedge.delay"))
                    .hasSize(1);
        }
    }

    @Test
    void what_a_server_fails_is_sent_again_at_once_however_far_the_next_hedge_is_off() throws Exception {
        TestBackend bad = unavailable();
        TestBackend good = door.backend();
        ManagedChannel channel = channel(List.of(bad, good), "&hedge.delay=10m" + ALL);

        for (int i = 0; i < 10; i++) {
            assertThat(end(begin(channel, CallOptions.DEFAULT)).isOk()).isTrue();
        }

        assertThat(good.calls()).isEqualTo(10);
        assertThat(bad.calls()).isPositive();
        assertThat(heard("repeated " + bad.endpoint().address())).isEqualTo(bad.calls());
        assertThat(heard("hedged")).isZero();
    }

    @Test
    void a_hedged_call_fails_with_its_own_error_and_the_servers_own_words() throws Exception {
        List<TestBackend> bad = List.of(unavailable(), unavailable(), unavailable(), unavailable());
        ManagedChannel channel = channel(bad, "&hedge.delay=10m" + ALL);

        StatusRuntimeException failure = org.assertj.core.api.Assertions.catchThrowableOfType(
                StatusRuntimeException.class, () -> GrpcDoor.call(channel, TestBackend.IDEMPOTENT));

        assertThat(failure).hasMessageContaining("not now");
        assertThat(failure.getTrailers().containsKey(PUSHBACK)).isFalse();
        assertThat(bad.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(3);
        assertThat(heard("called 3 Failure")).isEqualTo(1);
    }

    @Test
    void with_an_empty_budget_a_hedged_call_ends_with_its_first_error() throws Exception {
        List<TestBackend> bad = List.of(unavailable(), unavailable());
        ManagedChannel channel = channel(bad, "&hedge.delay=10m&budget.percent=0&budget.min-per-second=0");

        assertThat(end(begin(channel, CallOptions.DEFAULT)).getDescription()).isEqualTo("not now");
        assertThat(end(begin(channel, CallOptions.DEFAULT.withWaitForReady())).getDescription())
                .isEqualTo("not now");

        assertThat(bad.get(0).calls() + bad.get(1).calls()).isEqualTo(2);
    }

    @Test
    void a_service_without_endpoints_fails_at_once_or_is_waited_for_as_the_caller_says() throws Exception {
        door.publish(List.of());
        ManagedChannel channel = door.channel(ORDERS + "&retry.timeout=10m");

        Status failed = end(begin(channel, CallOptions.DEFAULT));
        CompletableFuture<Status> waits = begin(channel, CallOptions.DEFAULT.withWaitForReady());

        assertThat(failed.getDescription()).contains("NO_ENDPOINTS");
        assertThat(end(begin(channel, CallOptions.DEFAULT)).getDescription()).contains("NO_ENDPOINTS");
        assertThat(waits).isNotDone();
        door.publish(List.of(door.backend()));
        assertThat(end(waits).isOk()).isTrue();
    }

    /** Counts the streams that gRPC makes for a call, also those that get no leave. */
    private static CallOptions counting(AtomicInteger streams) {
        return CallOptions.DEFAULT.withStreamTracerFactory(new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                streams.incrementAndGet();
                return new ClientStreamTracer() {};
            }
        });
    }

    @Test
    void hedges_of_calls_that_wait_for_an_endpoint_are_not_sent_with_them() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            door.publish(Endpoint.of("127.0.0.1", mute.getLocalPort()));
            ManagedChannel channel = door.channel(ORDERS + "&hedge.delay=1ms&hedge.attempts=5&retry.attempts=5" + ALL);
            AtomicInteger streams = new AtomicInteger();
            List<CompletableFuture<Status>> calls = List.of(
                    begin(channel, counting(streams)),
                    begin(channel, counting(streams).withWaitForReady()));
            await().until(() -> streams.get() == 10); // All that gRPC makes of two calls.
            List<TestBackend> five = door.backends(5);
            door.publish(five);

            for (CompletableFuture<Status> call : calls) {
                assertThat(end(call).isOk()).isTrue();
            }
            assertThat(five.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(2);
        }
    }

    @Test
    void a_percentile_is_measured_before_it_is_used() throws Exception {
        AtomicBoolean quiet = new AtomicBoolean();
        TestBackend one = door.closedAtEnd(TestBackend.start((request, answer) -> {
            if (!quiet.get()) {
                answer.onNext(request);
                answer.onCompleted();
            }
        }));
        ManagedChannel channel = channel(List.of(one, door.backend()), "&hedge.delay=p50" + ALL);
        for (int i = 0; i < 40; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }
        assertThat(heard("hedged")).as("while little is known").isZero();
        clock.advance(Duration.ofSeconds(4)); // Answers took no time at all, so that hedges come after a millisecond.
        quiet.set(true);
        int before = one.calls();

        for (int i = 0; i < 10; i++) {
            assertThat(end(begin(channel, CallOptions.DEFAULT)).isOk()).isTrue();
        }

        assertThat(one.calls()).isGreaterThan(before);
        assertThat(heard("hedged")).isPositive();
    }

    @Test
    void a_caller_that_cancels_cancels_every_attempt() throws Exception {
        List<TestBackend> silent = List.of(silent(), silent());
        ManagedChannel channel = channel(silent, "&hedge.delay=1ms" + ALL);
        ClientCall<String, String> call = channel.newCall(TestBackend.IDEMPOTENT, CallOptions.DEFAULT);
        CompletableFuture<Status> end = Calls.begin(call);
        await().until(() -> waiting.size() == 2);

        call.cancel("enough", null);

        assertThat(end(end).getCode()).isEqualTo(Status.Code.CANCELLED);
        await().until(() -> cancelled.get() == 2);
        assertThat(heard("called 2 Cancelled")).isEqualTo(1);
        await().until(() -> heard("completed") == 2);
    }
}
