package io.inmesh.balancer.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTest {
    private final AtomicInteger completions = new AtomicInteger();
    private final EndpointStates states = new EndpointStates();
    private final Member member = new Member(
            TestEndpoints.TARGET, TestEndpoints.endpoint(0), states, NanoClock.system(), new BalancerObserver() {
                @Override
                public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
                    completions.incrementAndGet();
                }
            });

    @Test
    void a_lease_counts_one_until_it_ends() {
        Lease first = member.begin();
        Lease second = member.begin();
        assertThat(member.inFlight()).isEqualTo(2);
        assertThat(first.endpoint()).isEqualTo(TestEndpoints.endpoint(0));
        assertThat(first.complete(Outcome.SUCCESS)).isTrue();
        assertThat(member.inFlight()).isEqualTo(1);
        second.close();
        assertThat(member.inFlight()).isZero();
        assertThat(completions).hasValue(2);
    }

    @Test
    void whoever_speaks_first_wins_and_later_words_change_nothing() {
        Lease lease = member.begin();
        assertThat(lease.complete(Outcome.SUCCESS)).isTrue();
        assertThat(lease.complete(Outcome.TIMEOUT)).isFalse();
        lease.answered();
        lease.close();
        lease.close();
        assertThat(member.inFlight()).isZero();
        assertThat(completions).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void of_many_threads_that_end_a_lease_exactly_one_does(boolean timed) throws Exception {
        member.setTimed(timed);
        int threads = 6;
        int rounds = 20_000;
        AtomicReferenceArray<Lease> leases = new AtomicReferenceArray<>(rounds);
        for (int i = 0; i < rounds; i++) {
            leases.set(i, member.begin());
        }
        assertThat(member.inFlight()).isEqualTo(rounds);
        AtomicInteger won = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        Together.run(threads, thread -> {
            for (int i = 0; i < rounds; i++) {
                Lease lease = leases.get(i);
                switch (thread) {
                    case 0 -> lease.answered();
                    case 1 -> {
                        lease.close();
                        closed.incrementAndGet();
                    }
                    case 2 -> won.addAndGet(lease.complete(Outcome.SUCCESS) ? 1 : 0);
                    case 3 -> won.addAndGet(lease.complete(Outcome.failure(Origin.LOCAL, Delivery.SENT)) ? 1 : 0);
                    case 4 -> {
                        lease.answered();
                        won.addAndGet(lease.complete(Outcome.TIMEOUT) ? 1 : 0);
                    }
                    default -> won.addAndGet(lease.complete(Outcome.CLIENT_ERROR) ? 1 : 0);
                }
                assertThat(member.inFlight()).isNotNegative();
            }
        });
        assertThat(member.inFlight()).isZero();
        assertThat(completions).as("ends that the observer heard").hasValue(rounds);
        assertThat(closed).hasValue(rounds);
        // Those that no complete() won, close() won: it says nothing of that itself.
        assertThat(won.get()).isBetween(0, rounds);
    }

    @Test
    void begun_and_ended_by_many_threads_the_count_comes_back_to_zero() throws Exception {
        Together.run(8, thread -> {
            for (int i = 0; i < 50_000; i++) {
                try (Lease lease = member.begin()) {
                    assertThat(member.inFlight()).isPositive();
                    if (i % 2 == 0) {
                        lease.complete(Outcome.SUCCESS);
                    }
                }
            }
        });
        assertThat(member.inFlight()).isZero();
        assertThat(completions).hasValue(400_000);
    }

    @Test
    void a_lease_outlives_its_endpoints_departure() {
        Lease lease = member.begin();
        member.leave();
        assertThat(states.size()).as("kept while the request runs").isEqualTo(1);
        assertThat(member.inFlight()).isEqualTo(1);
        assertThat(lease.complete(Outcome.SUCCESS)).isTrue();
        assertThat(member.inFlight()).isZero();
        assertThat(states.size()).as("forgotten with the last request").isZero();
    }

    @Test
    void it_names_the_endpoint_it_is_on() {
        assertThat(member.begin()).asString().contains("10.0.0.0:8080").contains("in flight 1");
    }
}
