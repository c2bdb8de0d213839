package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final ServiceKey KEY = new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP);

    private final FakeClock clock = new FakeClock();
    private final Engine engine = Assembling.engine(clock);
    private final Members<Member> members = new Members<>(engine, TestEndpoints.TARGET, KEY, Member::new);

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    @Test
    void survivors_stay_the_same_objects_and_leavers_are_given_back() {
        assertThat(members.reconcile(List.of(e(1), e(2), e(3)))).isEmpty();
        List<Member> before = List.copyOf(members.all());
        Lease lease = before.get(1).begin();

        assertThat(members.reconcile(List.of(e(2).withWeight(9), e(3), e(4)))).containsExactly(before.get(0));
        assertThat(members.all()).hasSize(3).startsWith(before.get(1), before.get(2));
        assertThat(before.get(1).endpoint().weight()).isEqualTo(9);
        assertThat(before.get(1).inFlight()).isEqualTo(1);
        lease.complete(Outcome.SUCCESS);
    }

    @Test
    void members_stand_in_the_order_of_the_set() {
        members.reconcile(List.of(e(3)));
        members.reconcile(List.of(e(1), e(2), e(3), e(4)));
        assertThat(members.views()).extracting(view -> view.endpoint()).containsExactly(e(1), e(2), e(3), e(4));
    }

    @Test
    void views_are_a_copy_for_other_threads() {
        members.reconcile(List.of(e(1), e(2)));
        var views = members.views();
        members.reconcile(List.of(e(2)));
        assertThat(views).hasSize(2);
    }

    @Test
    void closing_gives_everything_back() {
        members.reconcile(List.of(e(1), e(2)));
        EndpointStates states = engine.states().retain(KEY);
        assertThat(states.size()).isEqualTo(2);
        members.close();
        assertThat(states.size()).isZero();
        assertThat(members.all()).isEmpty();
        assertThat(engine.states().size()).as("held by this test alone").isEqualTo(1);
        engine.states().release(KEY);
        assertThat(engine.states().size()).isZero();
    }

    @Test
    void members_of_two_targets_with_one_key_share_numbers() {
        Members<Member> others = new Members<>(engine, TestEndpoints.TARGET, KEY, Member::new);
        members.reconcile(List.of(e(1)));
        others.reconcile(List.of(e(1)));
        Lease lease = members.all().iterator().next().begin();
        assertThat(others.all().iterator().next().inFlight()).isEqualTo(1);
        members.close();
        assertThat(others.all().iterator().next().inFlight()).isEqualTo(1);
        lease.complete(Outcome.SUCCESS);
        others.close();
        assertThat(engine.states().size()).isZero();
    }

    @Test
    void states_of_a_port_are_counted_under_contention_and_dropped_with_the_last_user() throws Exception {
        members.close();
        StatesByService states = engine.states();
        ServiceKey other = new ServiceKey("k8s", "shop", "orders", "grpc", Protocol.TCP);
        Together.run(8, thread -> {
            for (int i = 0; i < 20_000; i++) {
                ServiceKey key = i % 2 == 0 ? KEY : other;
                EndpointStates first = states.retain(key);
                assertThat(states.retain(key)).isSameAs(first);
                states.release(key);
                states.release(key);
            }
        });
        assertThat(states.size()).isZero();
        EndpointStates fresh = states.retain(KEY);
        assertThat(states.retain(other)).as("another port").isNotSameAs(fresh);
    }
}
