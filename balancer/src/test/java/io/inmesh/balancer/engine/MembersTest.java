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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final ServiceKey KEY = new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP);

    private static final Endpoint[] KEPT =
            IntStream.range(0, 12).mapToObj(TestEndpoints::endpoint).toArray(Endpoint[]::new);

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
    void a_pod_with_another_address_stays_the_same_member_at_another_place() {
        Endpoint pod = Endpoint.of("10.0.0.9", 80).withId("uid:80");
        Endpoint moved = Endpoint.of("10.0.0.1", 80).withId("uid:80");
        members.reconcile(List.of(e(3), e(4), pod));
        List<Member> before = members.all();

        assertThat(members.reconcile(List.of(moved, e(3), e(4)))).isEmpty();
        assertThat(members.all()).containsExactly(before.get(2), before.get(0), before.get(1));
        assertThat(before.get(2).endpoint()).isSameAs(moved);
    }

    @Test
    void a_weight_that_a_stage_gave_ends_with_the_next_set_though_the_endpoint_is_the_same() {
        List<Endpoint> set = List.of(e(1), e(2));
        members.reconcile(set);
        members.all().get(1).setWeight(0.5);

        members.reconcile(set);
        assertThat(members.all()).extracting(Member::weight).containsExactly(1.0, 1.0);
    }

    @Test
    void whatever_changes_members_are_those_of_the_set_and_survivors_are_the_same() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            List<Endpoint> set = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                if (random.nextBoolean()) {
                    // The same object as before, an equal one, or one that says something else.
                    set.add(
                            switch (random.nextInt(3)) {
                                case 0 -> KEPT[i];
                                case 1 -> KEPT[i].withWeight(1);
                                default -> KEPT[i].withWeight(1 + random.nextInt(5));
                            });
                }
            }
            if (random.nextInt(4) == 0) {
                Collections.shuffle(set, random);
            }
            Map<String, Member> before = byId();
            Set<Member> left = Set.copyOf(members.reconcile(List.copyOf(set)));

            assertThat(members.all())
                    .as("seed %s", seed)
                    .extracting(Member::endpoint)
                    .containsExactlyElementsOf(set);
            Map<String, Member> after = byId();
            before.forEach((id, member) -> {
                if (after.containsKey(id)) {
                    assertThat(after.get(id)).as("seed %s", seed).isSameAs(member);
                } else {
                    assertThat(left).as("seed %s", seed).contains(member);
                }
            });
            EndpointStates states = engine.states().retain(KEY);
            assertThat(states.size()).as("seed %s", seed).isEqualTo(set.size());
            engine.states().release(KEY);
        }
    }

    private Map<String, Member> byId() {
        Map<String, Member> byId = new HashMap<>();
        members.all().forEach(member -> byId.put(member.endpoint().id(), member));
        return byId;
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
