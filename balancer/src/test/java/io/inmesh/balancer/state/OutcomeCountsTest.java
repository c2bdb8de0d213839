package io.inmesh.balancer.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each outcome counts as: the table of section 2, its columns of windows and requests in flight. */
class OutcomeCountsTest {
    private static final Outcome EXTERNAL = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final Outcome GATEWAY = Outcome.failure(Origin.GATEWAY, Delivery.SENT);
    private static final Outcome LOCAL = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);

    private final EndpointStates states = new EndpointStates();
    private final Member member =
            new Member(TestEndpoints.TARGET, TestEndpoints.endpoint(0), states, new FakeClock(), BalancerObserver.NONE);
    private final String id = member.endpoint().id();

    private void end(Outcome... outcomes) {
        for (Outcome outcome : outcomes) {
            member.begin().complete(outcome);
        }
    }

    @Test
    void each_outcome_moves_its_own_number() {
        end(Outcome.SUCCESS, Outcome.CLIENT_ERROR, EXTERNAL, GATEWAY, LOCAL, Outcome.TIMEOUT);
        end(Outcome.OVERLOADED, Outcome.CANCELLED);
        member.begin().close();
        assertThat(states.tally(id)).isEqualTo(new Tally(2, 1, 1, 1, 1));
        assertThat(member.inFlight()).isZero();
    }

    @Test
    void a_lease_counts_once_and_counters_are_read_any_number_of_times() {
        Lease lease = member.begin();
        assertThat(member.inFlight()).isEqualTo(1);
        lease.complete(Outcome.SUCCESS);
        lease.complete(EXTERNAL);
        Tally first = states.tally(id);
        end(EXTERNAL, Outcome.SUCCESS);
        assertThat(first).isEqualTo(new Tally(1, 0, 0, 0, 0));
        assertThat(states.tally(id).since(first)).isEqualTo(new Tally(1, 1, 0, 0, 0));
        assertThat(states.tally("nobody")).isEqualTo(Tally.NONE);
    }

    @Test
    void rows_are_told_as_they_grow_and_end_with_a_success() {
        List<FailureWatch.Rows> heard = new ArrayList<>();
        states.watch((endpoint, rows) -> heard.add(rows));
        end(EXTERNAL, GATEWAY, GATEWAY, LOCAL, LOCAL, Outcome.TIMEOUT, EXTERNAL);
        assertThat(heard)
                .containsExactly(
                        new FailureWatch.Rows(1, 1, 0, 0),
                        new FailureWatch.Rows(2, 2, 1, 0),
                        new FailureWatch.Rows(3, 3, 2, 0),
                        new FailureWatch.Rows(4, 0, 0, 1),
                        new FailureWatch.Rows(5, 0, 0, 2),
                        new FailureWatch.Rows(6, 4, 0, 0),
                        new FailureWatch.Rows(7, 5, 0, 0));
        heard.clear();
        end(Outcome.CANCELLED, Outcome.OVERLOADED, EXTERNAL, Outcome.CLIENT_ERROR, GATEWAY);
        assertThat(heard).containsExactly(new FailureWatch.Rows(8, 6, 0, 0), new FailureWatch.Rows(1, 1, 1, 0));
    }

    @Test
    void whoever_stops_watching_hears_no_more() {
        List<String> heard = new ArrayList<>();
        states.watch((endpoint, rows) -> heard.add(endpoint)).cancel();
        end(EXTERNAL);
        assertThat(heard).isEmpty();
    }

    @Test
    void successes_beside_requests_in_flight_run_into_each_other_at_no_border() {
        InFlight count = new InFlight();
        count.count = 0xFFFF_FFFEL << Integer.SIZE; // Two before the high half wraps.
        for (int i = 0; i < 4; i++) {
            count.increment();
            count.increment();
            assertThat(count.succeedAndGet()).isEqualTo(1);
            assertThat(count.decrementAndGet()).isZero();
        }
        assertThat(count.successes()).isEqualTo(2);
        assertThat(count.get()).isZero();
    }

    @Test
    void under_threads_nothing_is_lost() throws Exception {
        Together.run(4, thread -> {
            for (int i = 0; i < 20_000; i++) {
                member.begin().complete(i % 4 == thread ? GATEWAY : Outcome.SUCCESS);
            }
        });
        assertThat(states.tally(id)).isEqualTo(new Tally(60_000, 0, 20_000, 0, 0));
        assertThat(member.inFlight()).isZero();
    }
}
