package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls over real connections feed the same counters, and channels hear the verdicts. */
class GrpcEjectionTest {
    private static final Duration LIMIT = Duration.ofMinutes(1); // On a machine with much else to do.

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final GrpcDoor door = new GrpcDoor(builder -> builder.observer(new BalancerObserver() {
        @Override
        public void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {
            heard.add("ejected " + endpoint.port());
        }

        @Override
        public void restored(Target target, Endpoint endpoint) {
            heard.add("restored " + endpoint.port());
        }
    }));

    @AfterEach
    void close() {
        door.close();
    }

    private TestBackend breakable() throws IOException {
        return door.closedAtEnd(TestBackend.start((request, answer) -> {
            if (broken.get()) {
                answer.onError(Status.INTERNAL.withDescription("broken").asRuntimeException());
            } else {
                answer.onNext(request);
                answer.onCompleted();
            }
        }));
    }

    /** How many of so many calls failed. */
    private static int failures(ManagedChannel channel, int calls) {
        int failures = 0;
        for (int i = 0; i < calls; i++) {
            try {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
                failures++;
            }
        }
        return failures;
    }

    @Test
    void a_backend_that_only_fails_gets_no_more_calls_from_any_channel_of_the_mesh() throws Exception {
        TestBackend bad = breakable();
        List<TestBackend> backends = new ArrayList<>(door.backends(2));
        backends.add(bad);
        door.publish(backends);
        ManagedChannel one = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        ManagedChannel other = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        failures(other, 3);

        await().atMost(LIMIT).until(() -> {
            failures(one, 1);
            return !heard.isEmpty();
        });
        await().atMost(LIMIT)
                .until(() -> failures(one, 3) + failures(other, 3) == 0); // Channels hear it a moment later.

        int before = bad.calls();
        assertThat(failures(one, 50) + failures(other, 50)).isZero();
        assertThat(bad.calls()).isEqualTo(before);
        assertThat(heard).containsExactly("ejected " + bad.endpoint().port());
    }

    @Test
    void it_comes_back_through_a_trial_call_when_it_is_well_again() throws Exception {
        TestBackend bad = breakable();
        List<TestBackend> backends = new ArrayList<>(door.backends(2));
        backends.add(bad);
        door.publish(backends);
        ManagedChannel channel = door.channel(
                GrpcDoor.ORDERS + "?policy=round-robin&eject.base=50ms&eject.jitter=off&eject.slow-start=off");
        await().atMost(LIMIT).until(() -> {
            failures(channel, 1);
            return !heard.isEmpty();
        });

        broken.set(false);
        await().atMost(LIMIT).until(() -> {
            failures(channel, 1);
            return heard.contains("restored " + bad.endpoint().port());
        });
        int before = bad.calls();
        await().atMost(LIMIT).until(() -> {
            failures(channel, 3);
            return bad.calls() > before + 3;
        });
    }
}
