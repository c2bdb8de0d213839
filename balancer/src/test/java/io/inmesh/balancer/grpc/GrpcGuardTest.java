package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.inmesh.balancer.resilience4j.Resilience4j;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An application's own Resilience4j instances stand before the calls of a channel as before every other door. */
class GrpcGuardTest {
    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
            .slidingWindowSize(2)
            .minimumNumberOfCalls(2)
            .build());
    private final BulkheadRegistry bulkheads =
            BulkheadRegistry.of(BulkheadConfig.custom().maxConcurrentCalls(1).build());
    private final GrpcDoor door =
            new GrpcDoor(builder -> Resilience4j.with(breakers).and(bulkheads).addTo(builder));

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void an_open_breaker_turns_calls_down_with_its_name() throws Exception {
        TestBackend bad = door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.INTERNAL.asRuntimeException())));
        door.publish(List.of(bad));
        CircuitBreaker breaker = breakers.circuitBreaker("orders");
        ManagedChannel channel =
                door.channel(GrpcDoor.ORDERS + "?eject.enabled=false&resilience4j.circuit-breaker=orders");

        GrpcDoor.failureOf(channel, TestBackend.IDEMPOTENT);
        GrpcDoor.failureOf(channel, TestBackend.UNSAFE);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);

        assertThat(GrpcDoor.failureOf(channel, TestBackend.IDEMPOTENT).getDescription())
                .startsWith("LIMITED: ")
                .contains("circuit breaker 'orders' permits no call");
        assertThat(bad.calls()).isEqualTo(2);
        breaker.transitionToClosedState();
        assertThat(GrpcDoor.failureOf(channel, TestBackend.UNSAFE).getCode()).isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void a_place_is_taken_as_long_as_a_call_runs() throws Exception {
        LinkedBlockingQueue<StreamObserver<String>> waiting = new LinkedBlockingQueue<>();
        TestBackend backend = door.closedAtEnd(TestBackend.start((request, answer) -> waiting.add(answer)));
        door.publish(List.of(backend));
        bulkheads.bulkhead("orders");
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?resilience4j.bulkhead=orders");
        CompletableFuture<Status> running =
                Calls.begin(channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT.withWaitForReady()));
        StreamObserver<String> answer = waiting.poll(20, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();

        assertThat(GrpcDoor.failureOf(channel, TestBackend.UNSAFE).getDescription())
                .contains("bulkhead 'orders' is full");

        answer.onNext("done");
        answer.onCompleted();
        assertThat(running.get(20, TimeUnit.SECONDS).isOk()).isTrue();
        assertThat(bulkheads.bulkhead("orders").getMetrics().getAvailableConcurrentCalls())
                .isEqualTo(1);
    }
}
