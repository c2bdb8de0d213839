package io.inmesh.balancer.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EndpointStatesTest {
    private final FakeClock clock = new FakeClock();
    private final EndpointStates states = new EndpointStates();

    private Member member(Endpoint endpoint) {
        Member member = new Member(TestEndpoints.TARGET, endpoint, states, clock, BalancerObserver.NONE);
        member.setTimed(true);
        return member;
    }

    private static Endpoint pod(String uid) {
        return Endpoint.of("10.0.0.7", 8080).withId(uid + ":8080");
    }

    @Test
    @DisplayName("Section 9: ten thousand replacements with requests running leave nothing behind")
    void ten_thousand_replacements_with_requests_running_leave_nothing_behind() {
        Queue<Lease> running = new ArrayDeque<>();
        Member current = member(pod("pod-0"));
        for (int i = 1; i <= 10_000; i++) {
            running.add(current.begin());
            running.add(current.begin());
            Member next = member(pod("pod-" + i));
            current.leave();
            current = next;
            while (running.size() > 20) {
                running.remove().complete(Outcome.SUCCESS);
            }
            assertThat(states.size()).isLessThanOrEqualTo(12);
        }
        current.leave();
        running.forEach(lease -> lease.complete(Outcome.SUCCESS));
        assertThat(states.size()).isZero();
    }

    @Test
    void an_endpoint_that_returns_while_a_request_runs_finds_its_numbers() {
        Member before = member(pod("pod-1"));
        Lease slow = before.begin();
        Lease measured = before.begin();
        clock.advance(Duration.ofMillis(30));
        measured.complete(Outcome.SUCCESS);
        before.leave();

        Member after = member(pod("pod-1"));
        assertThat(after.inFlight()).isEqualTo(1);
        assertThat(after.latencyNanos()).isEqualTo(30e6);
        slow.complete(Outcome.SUCCESS);
        assertThat(after.inFlight()).isZero();
        assertThat(states.size()).isEqualTo(1);
        after.leave();
        assertThat(states.size()).isZero();
    }

    @Test
    @DisplayName("C3: a reused address under a new pod starts with fresh numbers")
    void a_reused_address_under_a_new_pod_inherits_nothing() {
        Member before = member(pod("pod-1"));
        Lease lease = before.begin();
        Member after = member(pod("pod-2"));
        before.leave();
        assertThat(after.endpoint().address()).isEqualTo(before.endpoint().address());
        assertThat(after.inFlight()).isZero();
        assertThat(after.latencyNanos()).isNaN();
        lease.complete(Outcome.SUCCESS);
        assertThat(after.inFlight()).isZero();
    }

    @Test
    void an_endpoint_that_returns_idle_starts_anew() {
        Member before = member(pod("pod-1"));
        Lease lease = before.begin();
        clock.advance(Duration.ofMillis(30));
        lease.complete(Outcome.SUCCESS);
        before.leave();
        assertThat(states.size()).isZero();
        assertThat(member(pod("pod-1")).latencyNanos()).isNaN();
    }

    @Test
    void two_balancers_share_an_endpoints_numbers_until_both_have_left() {
        Member one = member(pod("pod-1"));
        Member other = member(pod("pod-1"));
        one.setWeight(3);
        Lease lease = one.begin();
        assertThat(other.inFlight()).isEqualTo(1);
        assertThat(other.weight()).as("weight is each balancer's own").isEqualTo(1);
        one.leave();
        assertThat(states.size()).isEqualTo(1);
        lease.complete(Outcome.SUCCESS);
        assertThat(states.size()).isEqualTo(1);
        assertThat(other.inFlight()).isZero();
        other.leave();
        assertThat(states.size()).isZero();
    }

    @Test
    void a_late_pick_on_a_departed_endpoint_counts_and_is_forgotten() {
        Member member = member(pod("pod-1"));
        member.leave();
        assertThat(states.size()).isZero();
        Lease late = member.begin();
        assertThat(member.inFlight()).isEqualTo(1);
        Member returned = member(pod("pod-1"));
        late.complete(Outcome.SUCCESS);
        assertThat(member.inFlight()).isZero();
        assertThat(states.size()).as("the one that returned is in use").isEqualTo(1);
        returned.leave();
        assertThat(states.size()).isZero();
    }

    @Test
    void an_endpoint_shows_the_weight_of_the_newest_set_zero_included() {
        Member member = member(pod("pod-1").withWeight(5));
        assertThat(member.weight()).isEqualTo(5);
        member.update(pod("pod-1").withWeight(0));
        assertThat(member.weight()).isZero();
        member.update(pod("pod-1").withWeight(7));
        assertThat(member.weight()).isEqualTo(7);
        assertThat(member).asString().contains("10.0.0.7:8080").contains("usable");
    }

    @Test
    void coming_going_and_completing_at_once_leaves_nothing_behind() throws Exception {
        // Two lanes bring and take the same two ids while requests run and end on whatever member was last seen.
        Queue<Member> seen = new ConcurrentLinkedQueue<>();
        seen.add(member(pod("pod-0")));
        AtomicBoolean lanesDone = new AtomicBoolean();
        Member first = seen.element();
        Together.run(6, thread -> {
            if (thread < 2) {
                for (int i = 0; i < 20_000; i++) {
                    Member member = member(pod("pod-" + i % 2));
                    seen.add(member);
                    if (i % 3 == 0) {
                        member.begin().complete(Outcome.SUCCESS);
                    }
                    member.leave();
                    seen.remove();
                }
                lanesDone.set(true);
            } else {
                int requests = 0;
                while (!lanesDone.get() || requests < 1_000) {
                    Member member = seen.peek();
                    if (member == null) {
                        member = first;
                    }
                    Lease lease = member.begin();
                    assertThat(member.inFlight()).isPositive();
                    lease.complete(Outcome.SUCCESS);
                    requests++;
                }
            }
        });
        first.leave();
        assertThat(states.size()).isZero();
        assertThat(first.inFlight()).isZero();
    }
}
