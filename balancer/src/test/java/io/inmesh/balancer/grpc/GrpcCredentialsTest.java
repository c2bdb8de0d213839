package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials are this side's affair: an endpoint that has not seen a byte of a call is not to blame for what becomes of them. */
class GrpcCredentialsTest {
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private final List<String> ejected = new CopyOnWriteArrayList<>();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
            outcomes.add(outcome);
        }

        @Override
        public void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {
            ejected.add(why);
        }
    }));

    @AfterEach
    void close() {
        door.close();
    }

    /** Fails each call, or never says anything. */
    private static final class Unable extends CallCredentials {
        private final boolean answers;
        private final AtomicInteger asked = new AtomicInteger();

        private Unable(boolean answers) {
            this.answers = answers;
        }

        @Override
        public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
            asked.incrementAndGet();
            if (answers) {
                applier.fail(Status.UNAVAILABLE.withDescription("the token server is away"));
            }
        }
    }

    private static Status call(ManagedChannel channel, MethodDescriptor<String, String> method, CallOptions options)
            throws Exception {
        return Calls.begin(channel.newCall(method, options)).get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "1"})
    void credentials_that_fail_are_held_against_nobody(String attempts) throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin&retry.attempts=" + attempts);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        outcomes.clear();
        Unable credentials = new Unable(true);

        for (int i = 0; i < 40; i++) {
            Status end = call(channel, TestBackend.UNSAFE, CallOptions.DEFAULT.withCallCredentials(credentials));
            assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(end.getDescription()).contains("the token server is away");
        }

        assertThat(credentials.asked).hasValueGreaterThanOrEqualTo(40);
        assertNobodyIsBlamed();
        assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "1"})
    void credentials_that_never_come_are_nobodys_timeout(String attempts) throws Exception {
        door.publish(door.backends(3));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin&retry.attempts=" + attempts);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        outcomes.clear();
        Unable credentials = new Unable(false);

        for (int i = 0; i < 20; i++) {
            CallOptions options =
                    CallOptions.DEFAULT.withCallCredentials(credentials).withDeadlineAfter(Duration.ofMillis(20));
            assertThat(call(channel, TestBackend.IDEMPOTENT, options).getCode())
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }

        assertThat(credentials.asked).hasPositiveValue();
        assertNobodyIsBlamed();
    }

    private void assertNobodyIsBlamed() {
        try (LoadBalancer view = door.mesh.service(GrpcDoor.ORDERS)) {
            await().until(() -> view.snapshot().endpoints().stream().allMatch(each -> each.inFlight() == 0));
        }
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Cancelled.class));
        assertThat(ejected).isEmpty();
    }
}
