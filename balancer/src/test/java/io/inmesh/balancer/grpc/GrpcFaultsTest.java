package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.Sessions;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.fault.InjectedFaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Faults that are injected into gRPC calls. Their delays, and the waits of the mesh, are on a clock that stands; sockets and gRPC's own timers are real. */
class GrpcFaultsTest {
    private static final String ORDERS = GrpcDoor.ORDERS + "?policy=round-robin&eject.enabled=false";
    private static final Outcome SENT = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);

    private final FakeClock clock = new FakeClock();
    private final Faults faults = new Faults();
    private final long seed = System.nanoTime();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.clock(clock)
            .scheduler(clock)
            .random(new Random(seed))
            .faults(faults)
            .observer(new BalancerObserver() {
                @Override
                public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                    ends.add(endpoint.address() + " " + outcome);
                }
            }));

    @AfterEach
    void close() {
        door.close();
    }

    /** Two backends that are connected to. */
    private List<TestBackend> two(ManagedChannel channel) throws Exception {
        List<TestBackend> backends = door.backends(2);
        door.publish(backends);
        channel.getState(true);
        await().until(() ->
                backends.stream().allMatch(backend -> backend.connections() == 1) && isServed(backends, channel));
        await().until(() -> door.running() == 0);
        ends.clear();
        return backends;
    }

    private static boolean isServed(List<TestBackend> backends, ManagedChannel channel) {
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        return backends.stream().allMatch(backend -> backend.calls() > 0);
    }

    private static int calls(List<TestBackend> backends) {
        return backends.stream().mapToInt(TestBackend::calls).sum();
    }

    private static CompletableFuture<Status> begin(
            ManagedChannel channel, MethodDescriptor<String, String> method, CallOptions options) {
        return Calls.begin(channel.newCall(method, options));
    }

    private static Status end(CompletableFuture<Status> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    private void assertNothingIsLeft() {
        await().untilAsserted(() -> assertThat(door.running()).isZero());
    }

    @Test
    void a_delayed_call_is_sent_later_and_counts_from_the_beginning() throws Exception {
        ManagedChannel channel = door.channel(ORDERS);
        List<TestBackend> backends = two(channel);
        int before = calls(backends);
        Faults.Injection slow = faults.inject(Fault.delay(Duration.ofSeconds(2)));

        CompletableFuture<Status> call = begin(channel, TestBackend.UNSAFE, CallOptions.DEFAULT);
        await().untilAsserted(() -> assertThat(door.running()).isEqualTo(1));
        clock.advance(Duration.ofMillis(1_999));
        assertThat(call).isNotDone();
        assertThat(calls(backends)).isEqualTo(before);

        clock.advance(Duration.ofMillis(1));
        assertThat(end(call).isOk()).isTrue();
        assertThat(slow.count()).isEqualTo(1);
        assertNothingIsLeft();
        assertThat(ends).hasSize(1);
    }

    @Test
    void a_delayed_call_whose_endpoint_leaves_goes_to_another() throws Exception {
        ManagedChannel channel = door.channel(ORDERS);
        List<TestBackend> backends = two(channel);
        Endpoint first = backends.get(0).endpoint();
        faults.inject(Fault.delay(Duration.ofSeconds(2)).at(first::equals));
        List<CompletableFuture<Status>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(begin(channel, TestBackend.UNSAFE, CallOptions.DEFAULT));
        }
        await().untilAsserted(() -> assertThat(door.running()).isEqualTo(2));

        door.publish(backends.subList(1, 2));
        await().until(() -> backends.get(0).connections() == 0);
        clock.advance(Duration.ofSeconds(2));

        for (CompletableFuture<Status> call : calls) {
            assertThat(end(call).isOk()).isTrue();
        }
        assertNothingIsLeft();
        assertThat(ends).contains(first.address() + " " + Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT));
    }

    @Test
    void a_delayed_call_that_is_taken_back_is_never_sent() throws Exception {
        ManagedChannel channel = door.channel(ORDERS);
        List<TestBackend> backends = two(channel);
        int before = calls(backends);
        for (MethodDescriptor<String, String> method : List.of(TestBackend.UNSAFE, TestBackend.IDEMPOTENT)) {
            ends.clear();
            faults.inject(Fault.delay(Duration.ofSeconds(2)));
            ClientCall<String, String> call = channel.newCall(method, CallOptions.DEFAULT);
            CompletableFuture<Status> end = Calls.begin(call);
            await().untilAsserted(() -> assertThat(door.running()).isEqualTo(1));

            call.cancel("enough", null);

            assertThat(end(end).getCode()).isEqualTo(Status.Code.CANCELLED);
            assertNothingIsLeft();
            clock.advance(Duration.ofSeconds(2));
            assertThat(calls(backends)).isEqualTo(before);
            assertThat(ends).singleElement().asString().endsWith(Outcome.CANCELLED.toString());
            faults.clear();
        }
    }

    @Test
    void a_refused_call_goes_elsewhere_whether_or_not_it_is_safe_to_repeat() throws Exception {
        ManagedChannel channel = door.channel(ORDERS);
        List<TestBackend> backends = two(channel);
        Endpoint first = backends.get(0).endpoint();
        Faults.Injection refusing = faults.inject(Fault.refused().at(first::equals));
        int before = backends.get(0).calls();

        for (int i = 0; i < 10; i++) {
            GrpcDoor.call(channel, i % 2 == 0 ? TestBackend.UNSAFE : TestBackend.IDEMPOTENT);
        }

        assertThat(backends.get(0).calls()).isEqualTo(before);
        assertThat(refusing.count()).isPositive();
        assertNothingIsLeft();
        assertThat(ends.stream().filter(end -> end.startsWith(first.address())))
                .hasSize((int) refusing.count())
                .containsOnly(first.address() + " " + Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT));
    }

    @Test
    void a_call_that_fails_after_it_was_sent_is_repeated_elsewhere_only_if_that_is_safe() throws Exception {
        ManagedChannel channel = door.channel(ORDERS);
        List<TestBackend> backends = two(channel);
        Endpoint first = backends.get(0).endpoint();
        Faults.Injection failing = faults.inject(Fault.failing(SENT).at(first::equals));
        for (int i = 0; i < 4; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }
        assertThat(failing.count()).isPositive();

        List<Status> unsafe = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            unsafe.add(GrpcDoor.failureOf(channel, TestBackend.UNSAFE));
        }
        assertThat(unsafe.stream().filter(status -> !status.isOk())).hasSize(2).allSatisfy(status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(status.getDescription()).contains("a fault was injected at " + first.address());
            assertThat(status.getCause()).isInstanceOf(InjectedFaultException.class);
        });
        assertNothingIsLeft();
    }

    @Test
    void a_refused_call_that_waits_for_ready_is_placed_again_after_the_back_off() throws Exception {
        ManagedChannel channel = door.channel(ORDERS);
        List<TestBackend> backends = two(channel);
        faults.inject(Fault.refused().at(backends.get(0).endpoint()::equals));
        List<CompletableFuture<Status>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(begin(channel, TestBackend.IDEMPOTENT, CallOptions.DEFAULT.withWaitForReady()));
        }
        await().until(() -> {
            clock.advance(Duration.ofSeconds(1));
            return calls.stream().allMatch(CompletableFuture::isDone);
        });
        for (CompletableFuture<Status> call : calls) {
            assertThat(end(call).isOk()).isTrue();
        }
        assertNothingIsLeft();
    }

    @Test
    void out_of_a_black_hole_a_hedge_saves_the_call() throws Exception {
        ManagedChannel channel = door.channel(ORDERS + "&hedge.delay=20ms&hedge.percent=100");
        List<TestBackend> backends = two(channel);
        Faults.Injection hole =
                faults.inject(Fault.blackHole().at(backends.get(0).endpoint()::equals));

        for (int i = 0; i < 6; i++) {
            GrpcDoor.call(channel, TestBackend.IDEMPOTENT);
        }

        assertThat(hole.count()).isPositive();
        assertNothingIsLeft();
    }

    @Test
    void out_of_a_black_hole_a_call_comes_with_its_deadline() throws Exception {
        ManagedChannel channel = door.channel(ORDERS);
        List<TestBackend> backends = two(channel);
        int before = calls(backends);
        faults.inject(Fault.blackHole());

        for (MethodDescriptor<String, String> method : List.of(TestBackend.UNSAFE, TestBackend.IDEMPOTENT)) {
            ends.clear();
            CompletableFuture<Status> call =
                    begin(channel, method, CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS));
            assertThat(end(call).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertNothingIsLeft();
            assertThat(ends).singleElement().asString().endsWith(Outcome.TIMEOUT.toString());
        }
        assertThat(calls(backends)).isEqualTo(before);
    }

    @Test
    void a_share_of_the_calls_meets_its_fault_and_what_is_switched_off_meets_none() throws Exception {
        System.out.println("seed " + seed);
        ManagedChannel channel = door.channel(ORDERS);
        two(channel);
        Faults.Injection some = faults.inject(Fault.failing(SENT).percent(25));
        int failed = 0;
        for (int i = 0; i < 400; i++) {
            failed += GrpcDoor.failureOf(channel, TestBackend.UNSAFE).isOk() ? 0 : 1;
        }
        assertThat(some.count()).isEqualTo(failed);
        assertThat(failed).isBetween(50, 150); // 100 on average; 50 are six standard deviations.

        some.close();
        for (int i = 0; i < 20; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        assertThat(some.count()).isEqualTo(failed);
    }

    @Test
    void faults_meet_calls_whose_attempts_are_off() throws Exception {
        ManagedChannel channel = door.channel(ORDERS + "&retry.attempts=1");
        two(channel);
        faults.inject(Fault.failing(SENT));
        assertThat(GrpcDoor.failureOf(channel, TestBackend.IDEMPOTENT).getDescription())
                .contains("a fault was injected at");
        assertNothingIsLeft();
    }

    @Test
    void a_mesh_that_was_given_no_faults_takes_none() {
        assertThatThrownBy(() -> Faults.none().inject(Fault.refused()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Mesh.builder().faults(");
    }

    @Test
    void a_delayed_first_attempt_is_no_repeat_and_tells_a_session_with_an_old_token_where_it_is_now() throws Exception {
        ManagedChannel channel = door.channel(ORDERS + "&affinity.mode=strong&affinity.token=header:x-session");
        List<TestBackend> backends = two(channel);
        Metadata.Key<String> session = Metadata.Key.of("x-session", Metadata.ASCII_STRING_MARSHALLER);
        Metadata request = new Metadata();
        request.put(session, "whoever has left");
        AtomicReference<Metadata> headers = new AtomicReference<>();
        faults.inject(Fault.delay(Duration.ofSeconds(2)));

        CompletableFuture<Status> call = Calls.begin(ClientInterceptors.intercept(
                        channel,
                        MetadataUtils.newAttachHeadersInterceptor(request),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                .newCall(TestBackend.UNSAFE, CallOptions.DEFAULT));
        await().untilAsserted(() -> assertThat(door.running()).isEqualTo(1));
        clock.advance(Duration.ofSeconds(2));

        assertThat(end(call).isOk()).isTrue();
        assertThat(Objects.requireNonNull(headers.get(), "headers").get(session))
                .isIn(backends.stream()
                        .map(each -> Sessions.tokenOf(each.endpoint()))
                        .toList());
    }
}
