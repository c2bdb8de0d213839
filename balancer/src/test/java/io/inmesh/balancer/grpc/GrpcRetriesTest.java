package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
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
import io.inmesh.balancer.testing.HeardEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often, when and whether a call is sent again: by the settings, by the servers' word, by the caller's, and not at all beside other engines. */
class GrpcRetriesTest {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> DETAIL = Metadata.Key.of("detail", Metadata.ASCII_STRING_MARSHALLER);

    /** Nothing else is meant in here. */
    private static final String ORDERS = GrpcDoor.ORDERS + "?eject.enabled=false";

    private final HeardEvents events = new HeardEvents();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(events));

    @AfterEach
    void close() {
        door.close();
    }

    private List<TestBackend> backends(int count, BiConsumer<String, StreamObserver<String>> script) throws Exception {
        List<TestBackend> backends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            backends.add(door.closedAtEnd(TestBackend.start(script)));
        }
        door.publish(backends);
        return backends;
    }

    private List<TestBackend> unavailable(int count) throws Exception {
        return backends(
                count,
                (request, answer) -> answer.onError(Status.UNAVAILABLE
                        .withDescription("not now")
                        .asRuntimeException(trailers(DETAIL, "of the server"))));
    }

    private static Metadata trailers(Metadata.Key<String> key, String value) {
        Metadata trailers = new Metadata();
        trailers.put(key, value);
        return trailers;
    }

    private static int calls(List<TestBackend> backends) {
        return backends.stream().mapToInt(TestBackend::calls).sum();
    }

    private ManagedChannel channel(String settings) {
        return door.channel(settings.isEmpty() ? ORDERS : ORDERS + "&" + settings);
    }

    private static StatusRuntimeException failure(ManagedChannel channel, CallOptions options) {
        return catchThrowableOfType(
                StatusRuntimeException.class, () -> GrpcDoor.call(channel, TestBackend.IDEMPOTENT, options));
    }

    private static StatusRuntimeException failure(ManagedChannel channel) {
        return failure(channel, CallOptions.DEFAULT);
    }

    /** Waits for what is told behind the caller's back. */
    private void awaitEvent(String expected) {
        List<String> heard = new ArrayList<>();
        await().untilAsserted(() -> {
            heard.addAll(events.take());
            assertThat(heard).anyMatch(event -> event.startsWith(expected));
        });
    }

    @Test
    void as_many_attempts_as_the_setting_says() throws Exception {
        List<TestBackend> bad = unavailable(6);
        for (int attempts = 1; attempts <= 5; attempts++) {
            int before = calls(bad);
            failure(channel("retry.backoff=off&retry.attempts=" + attempts));
            assertThat(calls(bad) - before).isEqualTo(attempts);
            awaitEvent("called " + attempts + " Failure[origin=GATEWAY, delivery=SENT");
        }
    }

    @Test
    void an_annotation_changes_their_number_on_a_living_channel() throws Exception {
        List<TestBackend> bad = unavailable(3);
        ManagedChannel channel = channel("retry.backoff=off");
        failure(channel);
        assertThat(calls(bad)).isEqualTo(3);

        door.publish(bad, Map.of("retry.attempts", "1"));

        failure(channel);
        assertThat(calls(bad)).isEqualTo(4);
    }

    @Test
    void a_repeat_waits_for_its_back_off_and_holds_no_endpoint_meanwhile() throws Exception {
        List<TestBackend> bad = unavailable(2);
        ManagedChannel channel = channel("retry.backoff=1m&retry.max-backoff=1m");
        ClientCall<String, String> call = channel.newCall(TestBackend.IDEMPOTENT, CallOptions.DEFAULT);
        CompletableFuture<Status> end = Calls.begin(call);
        awaitEvent("completed");

        try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            await().until(() -> view.snapshot().endpoints().size() == 2);
            assertThat(view.snapshot().endpoints())
                    .allSatisfy(endpoint -> assertThat(endpoint.inFlight()).isZero());
        }
        assertThat(end).isNotDone();
        assertThat(calls(bad)).isEqualTo(1);
        call.cancel("enough", null);
        assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.CANCELLED);
        awaitEvent("called 1 Cancelled");
    }

    @Test
    void a_wait_ends_with_the_deadline() throws Exception {
        List<TestBackend> bad = unavailable(2);
        ManagedChannel channel = channel("retry.backoff=1m&retry.max-backoff=1m");
        await().until(() -> channel.getState(true) == ConnectivityState.READY);

        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS);

        assertThat(failure(channel, options).getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(calls(bad)).isEqualTo(1);
        awaitEvent("called 1 Timeout");
    }

    @Test
    void the_settings_deadline_is_for_unary_calls_that_have_none() throws Exception {
        backends(2, (request, answer) -> {});
        ManagedChannel channel = channel("retry.deadline=300ms");

        assertThat(failure(channel).getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);

        ClientCall<String, String> own =
                channel.newCall(TestBackend.IDEMPOTENT, CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS));
        ClientCall<String, String> stream = channel.newCall(TestBackend.STREAM, CallOptions.DEFAULT);
        List<CompletableFuture<Status>> longer = List.of(Calls.begin(own), Calls.begin(stream));
        failure(channel); // Which takes as long as they would have had.
        assertThat(longer).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void an_empty_budget_drops_the_repeat_and_the_caller_gets_the_first_error() throws Exception {
        List<TestBackend> bad = unavailable(3);
        ManagedChannel channel = channel("budget.percent=0&budget.min-per-second=0");

        StatusRuntimeException failure = failure(channel);

        assertThat(failure).hasMessageContaining("UNAVAILABLE: not now");
        assertThat(failure.getTrailers().get(DETAIL)).isEqualTo("of the server");
        assertThat(calls(bad)).isEqualTo(1);
        assertThat(events.take()).contains("withheld BUDGET").noneMatch(event -> event.startsWith("repeated"));
        failure(channel, CallOptions.DEFAULT.withWaitForReady());
        assertThat(calls(bad)).as("of a call that waits for ready, too").isEqualTo(2);
    }

    @Test
    void a_server_may_say_not_to_come_back() throws Exception {
        List<TestBackend> bad = backends(
                3,
                (request, answer) -> answer.onError(Status.UNAVAILABLE.asRuntimeException(trailers(PUSHBACK, "-1"))));

        StatusRuntimeException failure = failure(channel(""));

        assertThat(failure.getTrailers().get(PUSHBACK)).isEqualTo("-1");
        assertThat(calls(bad)).isEqualTo(1);
        awaitEvent("withheld PUSHBACK");
    }

    @Test
    void an_unknown_of_the_servers_own_is_an_answer_and_arrives_as_it_was_sent() throws Exception {
        List<TestBackend> bad = backends(
                3,
                (request, answer) ->
                        answer.onError(Status.UNKNOWN.asRuntimeException(trailers(DETAIL, "of the server"))));

        for (String settings : List.of("retry.backoff=off", "retry.timeout=10m")) {
            StatusRuntimeException failure = failure(channel(settings));

            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
            assertThat(failure.getTrailers().get(DETAIL)).isEqualTo("of the server");
            assertThat(failure.getTrailers().containsKey(PUSHBACK)).isFalse();
        }
        assertThat(calls(bad)).isEqualTo(2);
        assertThat(events.take()).noneMatch(event -> event.startsWith("withheld") || event.startsWith("repeated"));
    }

    @Test
    void a_server_may_say_when_to_come_back_and_is_believed_whatever_the_back_off() throws Exception {
        AtomicBoolean busy = new AtomicBoolean(true);
        List<TestBackend> backends = backends(2, (request, answer) -> {
            if (busy.getAndSet(false)) {
                answer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers(PUSHBACK, "1")));
            } else {
                answer.onNext(request);
                answer.onCompleted();
            }
        });

        GrpcDoor.call(channel("retry.backoff=1m&retry.max-backoff=1m"), TestBackend.IDEMPOTENT);

        assertThat(backends.stream().map(TestBackend::calls)).containsOnly(1);
    }

    @Test
    void a_channel_whose_builder_disables_retries_makes_none() throws Exception {
        List<TestBackend> bad = unavailable(3);

        failure(door.channel(ORDERS, builder -> builder.disableRetry()));

        assertThat(calls(bad)).isEqualTo(1);
    }

    @Test
    void a_builders_limit_holds() throws Exception {
        List<TestBackend> bad = unavailable(3);

        failure(door.channel(ORDERS + "&retry.backoff=off", builder -> builder.maxRetryAttempts(2)));

        assertThat(calls(bad)).isEqualTo(2);
    }

    @Test
    void a_channel_with_a_service_config_of_its_own_repeats_by_that_alone() throws Exception {
        List<TestBackend> bad = unavailable(5);
        UnaryOperator<io.grpc.ManagedChannelBuilder<?>> own = builder -> builder.disableServiceConfigLookUp()
                .defaultServiceConfig(Map.of(
                        "loadBalancingConfig", List.of(Map.of("inmesh", Map.of("eject.enabled", "false"))),
                        "methodConfig",
                                List.of(Map.of(
                                        "name",
                                        List.of(Map.of()),
                                        "retryPolicy",
                                        Map.of(
                                                "maxAttempts",
                                                4.0,
                                                "initialBackoff",
                                                "0.001s",
                                                "maxBackoff",
                                                "0.001s",
                                                "backoffMultiplier",
                                                1.0,
                                                "retryableStatusCodes",
                                                List.of("UNAVAILABLE"))))));
        String noBudget = "&budget.percent=0&budget.min-per-second=0&retry.attempts=2";

        ManagedChannel channel = door.channel(ORDERS + noBudget, own);
        GrpcDoor.failureOf(channel, TestBackend.UNSAFE);

        assertThat(calls(bad)).isEqualTo(4);
        assertThat(events.take()).noneMatch(event -> event.startsWith("called") || event.startsWith("withheld"));
    }

    @Test
    void a_call_that_waits_for_ready_is_repeated_like_any_other() throws Exception {
        List<TestBackend> bad = unavailable(3);

        failure(channel("retry.backoff=off"), CallOptions.DEFAULT.withWaitForReady());

        assertThat(calls(bad)).isEqualTo(3);
    }

    @Test
    void a_call_that_gets_no_endpoint_is_told_of_without_attempts() {
        door.publish(List.of());

        failure(channel(""));

        awaitEvent("called 0 Failure[origin=LOCAL, delivery=NOT_SENT");
    }

    @Test
    void what_each_call_came_to_is_told_once() throws Exception {
        TestBackend good = door.backend();
        TestBackend bad = door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.INVALID_ARGUMENT.asRuntimeException())));
        door.publish(List.of(good, bad));
        ManagedChannel channel = channel("policy=random");
        for (int i = 0; i < 40; i++) {
            GrpcDoor.failureOf(channel, TestBackend.UNSAFE);
        }
        List<String> heard = events.take().stream()
                .filter(event -> event.startsWith("called"))
                .toList();
        assertThat(heard).hasSize(40);
        assertThat(heard).filteredOn("called 1 Success[]"::equals).hasSize(good.calls());
        assertThat(heard).filteredOn("called 1 ClientError[]"::equals).hasSize(bad.calls());
    }
}
