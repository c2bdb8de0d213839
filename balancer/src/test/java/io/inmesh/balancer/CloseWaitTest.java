package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Reason;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A mesh that closes waits for what runs, if it is told to. */
class CloseWaitTest {
    private final FakeMesh fake = new FakeMesh(builder -> builder.closeWait(Duration.ofSeconds(10)));
    private final LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);
    private final CompletableFuture<Boolean> closed = new CompletableFuture<>();

    /** Closes the mesh on a thread of its own, and gives it once it waits; {@link #closed} tells whether that was interrupted in the end. */
    private Thread closing() throws InterruptedException {
        Thread thread = new Thread(() -> {
            fake.mesh.close();
            closed.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
        fake.run();
        return thread;
    }

    private boolean end() throws Exception {
        return closed.get(60, TimeUnit.SECONDS);
    }

    @Test
    void it_waits_for_the_last_lease_and_turns_new_requests_down_meanwhile() throws Exception {
        fake.orders(TestEndpoints.endpoints(3));
        Lease one = FakeMesh.lease(orders);
        Lease other = FakeMesh.lease(orders);
        closing();
        assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.CLOSED);
        one.complete(Outcome.SUCCESS);
        assertThat(closed).isNotDone();
        other.complete(Outcome.TIMEOUT);
        assertThat(end()).isFalse();
        fake.close();
    }

    @Test
    void it_waits_no_longer_than_the_limit() throws Exception {
        fake.orders(TestEndpoints.endpoints(3));
        FakeMesh.lease(orders);
        closing();
        fake.clock.advance(Duration.ofSeconds(9));
        assertThat(closed).isNotDone();
        fake.clock.advance(Duration.ofSeconds(1));
        assertThat(end()).isFalse();
        fake.close();
    }

    @Test
    void a_thread_that_is_interrupted_waits_no_longer_and_stays_interrupted() throws Exception {
        fake.orders(TestEndpoints.endpoints(3));
        FakeMesh.lease(orders);
        closing().interrupt();
        assertThat(end()).isTrue();
        fake.close();
    }

    @Test
    void without_anything_running_it_does_not_wait() {
        fake.orders(TestEndpoints.endpoints(3));
        FakeMesh.lease(orders).complete(Outcome.SUCCESS);
        fake.close();
    }

    @Test
    void a_negative_time_is_refused() {
        assertThatThrownBy(() -> Mesh.builder().closeWait(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("close-wait: PT-1S (expected: zero or more)");
    }
}
