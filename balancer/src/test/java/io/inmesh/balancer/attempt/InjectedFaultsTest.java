package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.balancer.attempt.Hands.Answer;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.fault.InjectedFaultException;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Faults that are injected into calls. */
class InjectedFaultsTest {

    @Test
    void a_refused_attempt_is_not_sent_and_goes_elsewhere() {
        try (Hands orders = new Hands(2)) {
            Faults.Injection refusing = orders.faults.inject(Fault.refused().at(TestEndpoints.endpoint(0)::equals));
            for (int i = 0; i < 4; i++) {
                CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
                orders.last().answer("hello");
                call.join();
            }
            assertThat(orders.sentTo()).hasSize(4).containsOnly(TestEndpoints.endpoint(1));
            assertThat(refusing.count()).isPositive();
        }
    }

    @Test
    void an_attempt_that_fails_by_injection_fails_the_call_as_in_earnest() {
        try (Hands orders = new Hands(2)) {
            orders.faults.inject(Fault.failing(Outcome.failure(Origin.EXTERNAL, Delivery.SENT)));
            assertThatThrownBy(orders.call(Safety.IDEMPOTENT)::join)
                    .hasCauseInstanceOf(InjectedFaultException.class)
                    .hasMessageContaining("a fault was injected at 10.0.0.");
            assertThat(orders.sent).isEmpty();
        }
    }

    @Test
    void a_delayed_attempt_is_sent_later() {
        try (Hands orders = new Hands(2)) {
            orders.faults.inject(Fault.delay(Duration.ofSeconds(2)));
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            orders.pass(1999);
            assertThat(orders.sent).isEmpty();
            assertThat(orders.inFlight()).isEqualTo(1);
            orders.pass(1);
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");

            CompletableFuture<Answer> cancelled = orders.call(Safety.UNSAFE);
            cancelled.cancel(true);
            orders.pass(2000);
            assertThat(orders.sent).hasSize(1);
        }
    }

    @Test
    void a_black_hole_ends_with_the_timeout_of_the_attempt() {
        try (Hands orders = new Hands(2, "retry.timeout", "1s")) {
            orders.faults.inject(Fault.blackHole().at(TestEndpoints.endpoint(0)::equals));
            for (int i = 0; i < 2; i++) {
                CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
                if (orders.sent.size() == i) {
                    orders.pass(1025);
                }
                orders.last().answer("hello");
                assertThat(call.join().text()).isEqualTo("hello");
            }
            assertThat(orders.sentTo()).containsOnly(TestEndpoints.endpoint(1));
        }
    }
}
