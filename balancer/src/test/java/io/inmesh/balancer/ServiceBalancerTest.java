package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.ORDERS;
import static io.inmesh.balancer.FakeMesh.annotated;
import static io.inmesh.balancer.FakeMesh.lease;
import static io.inmesh.balancer.FakeMesh.picked;
import static io.inmesh.balancer.FakeMesh.rejection;
import static io.inmesh.balancer.FakeMesh.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.Usability;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceBalancerTest {
    private final FakeMesh fake = new FakeMesh();
    private final LoadBalancer orders = fake.mesh.service(ORDERS);

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    @AfterEach
    void nothing_is_left_behind() {
        fake.close();
    }

    private Set<Endpoint> pickedIn(int picks) {
        Set<Endpoint> picked = new HashSet<>();
        for (int i = 0; i < picks; i++) {
            picked.add(picked(orders));
        }
        return picked;
    }

    @Test
    void before_anything_is_heard_it_says_so() {
        assertThat(rejection(orders).reason()).isEqualTo(Reason.NOT_SYNCED);
        assertThat(rejection(orders).text())
                .contains("orders.shop:http")
                .contains("nothing has been heard of it yet")
                .contains("whenReady()");
        assertThat(orders.snapshot().set()).isNull();
        assertThat(orders.snapshot().rejection()).isEqualTo(rejection(orders));
    }

    @Test
    void the_first_set_makes_it_pick() {
        fake.orders(e(1), e(2));
        assertThat(pickedIn(100)).containsExactlyInAnyOrder(e(1), e(2));
        assertThat(orders.snapshot().rejection()).isNull();
        assertThat(orders.snapshot().policy()).isEqualTo("power-of-two");
        assertThat(orders.snapshot().policySource()).isEqualTo("built-in default");
        assertThat(orders.snapshot().endpoints())
                .extracting(EndpointView::endpoint)
                .containsExactly(e(1), e(2));
    }

    @Test
    @DisplayName("X-3: the resolver is asked to look again where nothing could be sent, and only there")
    void an_endpoint_that_cannot_be_reached_has_the_resolver_look_again() {
        fake.orders(e(1));
        lease(orders).complete(Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT));
        lease(orders).complete(Outcome.SUCCESS);
        assertThat(fake.cluster.refreshes()).isZero();

        lease(orders).complete(Outcome.failure(Outcome.Origin.LOCAL, Outcome.Delivery.NOT_SENT));
        assertThat(fake.cluster.refreshes()).isEqualTo(1);
    }

    @Test
    void a_set_known_before_it_was_asked_for_is_heard_too() {
        fake.cluster.publish("late.shop:http", e(1));
        try (LoadBalancer late = fake.mesh.service("late.shop:http")) {
            fake.run();
            assertThat(picked(late)).isEqualTo(e(1));
        }
    }

    @Test
    void an_update_replaces_the_set() {
        fake.orders(e(1), e(2));
        fake.orders(e(2), e(3));
        assertThat(pickedIn(100)).containsExactlyInAnyOrder(e(2), e(3));
    }

    @Test
    @DisplayName("Design 6.4: survivors keep their counters, leavers leave nothing")
    void survivors_of_an_update_keep_their_handle_and_their_requests() {
        fake.orders(e(1));
        EndpointView handle = view(orders);
        Lease running = handle.begin();
        fake.orders(e(0), e(1).withWeight(2), e(2));
        EndpointView survivor = orders.snapshot().endpoints().get(1);
        assertThat(survivor).isSameAs(handle);
        assertThat(survivor.inFlight()).isEqualTo(1);
        assertThat(survivor.weight()).isEqualTo(2);

        fake.orders(e(0));
        assertThat(orders.snapshot().endpoints()).doesNotContain(handle);
        assertThat(running.complete(Outcome.SUCCESS)).isTrue();
        assertThat(handle.inFlight()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"NOT_FOUND", "NO_SUCH_PORT", "AMBIGUOUS_PORT", "UNREACHABLE", "BAD_ALIAS", "NO_ENDPOINTS"})
    void a_fact_about_the_service_replaces_the_known_set(Reason reason) {
        fake.orders(e(1));
        fake.say(reason, "orders in namespace shop: so it is");
        assertThat(rejection(orders).reason()).isEqualTo(reason);
        assertThat(rejection(orders).text()).isEqualTo("orders in namespace shop: so it is");
        assertThat(orders.snapshot().endpoints()).isEmpty();
        assertThat(orders.snapshot().set()).isNull();
        assertThat(fake.mesh.engine().states().size()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"NOT_SYNCED", "FORBIDDEN"})
    @DisplayName("Design 6.1: a source that cannot be asked empties nothing")
    void a_source_that_cannot_be_asked_empties_nothing_and_is_told(Reason reason) {
        fake.orders(e(1));
        EndpointView handle = view(orders);
        fake.events.take();
        fake.say(reason, "no answer");
        assertThat(view(orders)).isSameAs(handle);
        assertThat(orders.snapshot().rejection()).isNull();
        assertThat(fake.events.take()).containsExactly("unresolved " + reason);
        fake.orders(e(1), e(2));
        assertThat(orders.snapshot().endpoints()).hasSize(2).contains(handle);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"NOT_SYNCED", "FORBIDDEN"})
    void before_a_set_is_known_the_sources_own_words_are_said(Reason reason) {
        fake.say(reason, "the API at 127.0.0.1 answers 401");
        assertThat(rejection(orders).reason()).isEqualTo(reason);
        assertThat(rejection(orders).text()).isEqualTo("the API at 127.0.0.1 answers 401");
    }

    @Test
    void a_service_that_was_gone_comes_back() {
        fake.orders(e(1));
        fake.say(Reason.NOT_FOUND, "no such service");
        fake.orders(e(1));
        assertThat(picked(orders)).isEqualTo(e(1));
    }

    @Test
    void an_empty_set_is_a_fact_with_its_own_text() {
        fake.orders(e(1));
        fake.orders();
        assertThat(rejection(orders).reason()).isEqualTo(Reason.NO_ENDPOINTS);
        assertThat(rejection(orders).text())
                .contains("orders in namespace shop, port http")
                .contains("has no endpoints");
        assertThat(orders.snapshot().set()).isNotNull();
    }

    @Test
    void a_set_without_a_usable_endpoint_says_why_the_first_is_none() {
        fake.orders(e(1).withUsability(new Usability.Unusable("not ready (rule C-1)")));
        assertThat(rejection(orders).text()).contains("10.0.0.1:8080").contains("not ready (rule C-1)");
        assertThat(orders.snapshot().endpoints()).hasSize(1);
    }

    @Test
    void all_weights_zero_is_all_quiesced() {
        fake.orders(e(1).withWeight(0), e(2).withWeight(0));
        assertThat(rejection(orders).reason()).isEqualTo(Reason.NO_ENDPOINTS);
        assertThat(rejection(orders).text()).contains("all quiesced");
    }

    @Test
    @DisplayName("Design 6.2: a draining endpoint gets no new request, its running ones finish")
    void a_draining_endpoint_gets_no_new_request_and_its_running_ones_finish() {
        fake.orders(e(1), e(2));
        Lease one = lease(orders);
        Lease other = lease(orders);
        assertThat(List.of(one.endpoint(), other.endpoint())).containsExactlyInAnyOrder(e(1), e(2));

        fake.orders(e(1).withUsability(new Usability.Draining("terminating")), e(2));
        assertThat(pickedIn(200)).containsExactly(e(2));
        EndpointView draining = orders.snapshot().endpoints().get(0);
        assertThat(draining.inFlight()).isEqualTo(1);
        one.complete(Outcome.SUCCESS);
        other.complete(Outcome.SUCCESS);
        assertThat(draining.inFlight()).isZero();
    }

    @Test
    @DisplayName("C4: a quiesced endpoint gets no new request and says so")
    void a_quiesced_endpoint_gets_no_new_request() {
        fake.orders(e(1).withWeight(5), e(2));
        fake.orders(e(1).withWeight(0), e(2));
        assertThat(pickedIn(200)).containsExactly(e(2));
        assertThat(orders.snapshot().endpoints().get(0).weight()).isZero();
    }

    @Test
    void a_policy_switched_by_annotation_keeps_requests_in_flight_counted() {
        fake.orders(annotated("round-robin"), e(1), e(2), e(3));
        List<Lease> running = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            running.add(lease(orders));
        }
        assertThat(orders.snapshot().endpoints())
                .extracting(EndpointView::inFlight)
                .containsExactly(2, 2, 2);
        assertThat(orders.snapshot().policySource()).isEqualTo("annotation");
        fake.events.take();

        fake.orders(annotated("lowest"), e(1), e(2), e(3));
        assertThat(fake.events.take()).containsExactly("set 3", "picker lowest-address 3");
        assertThat(orders.snapshot().policy()).isEqualTo("lowest-address");
        assertThat(orders.snapshot().endpoints())
                .extracting(EndpointView::inFlight)
                .containsExactly(2, 2, 2);
        assertThat(pickedIn(10)).containsExactly(e(1));

        fake.orders(e(1), e(2), e(3));
        assertThat(orders.snapshot().policy()).isEqualTo("power-of-two");
        running.forEach(lease -> lease.complete(Outcome.SUCCESS));
        assertThat(orders.snapshot().endpoints())
                .extracting(EndpointView::inFlight)
                .containsExactly(0, 0, 0);
    }

    @Test
    void of_several_sets_that_wait_only_the_newest_is_arranged() {
        fake.cluster.publish(ORDERS, FakeMesh.FACTS, List.of(e(1)));
        fake.cluster.publish(ORDERS, FakeMesh.FACTS, List.of(e(1), e(2)));
        fake.cluster.publish(ORDERS, FakeMesh.FACTS, List.of(e(1), e(2), e(3)));
        fake.run();
        assertThat(fake.events.take()).containsExactly("set 3", "picker power-of-two 3");
    }

    @Test
    void what_is_said_between_two_sets_ends_with_the_newest_word() {
        fake.cluster.publish(ORDERS, FakeMesh.FACTS, List.of(e(1)));
        fake.cluster.say(ORDERS, new io.inmesh.api.Unresolved(Reason.NOT_FOUND, "gone"));
        fake.cluster.publish(ORDERS, FakeMesh.FACTS, List.of(e(2)));
        fake.run();
        assertThat(pickedIn(5)).containsExactly(e(2));

        fake.cluster.publish(ORDERS, FakeMesh.FACTS, List.of(e(3)));
        fake.cluster.say(ORDERS, new io.inmesh.api.Unresolved(Reason.NOT_FOUND, "gone"));
        fake.run();
        assertThat(rejection(orders).reason()).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void a_port_that_becomes_another_one_is_counted_apart() {
        fake.orders(e(1));
        Lease lease = lease(orders);
        var renamed = io.inmesh.api.ServiceFacts.of(
                new io.inmesh.api.ServiceKey("k8s", "shop", "orders", "web", io.inmesh.api.Protocol.TCP));
        fake.orders(renamed, e(1));
        assertThat(fake.mesh.engine().states().size()).isEqualTo(1);
        assertThat(view(orders).inFlight()).isZero();
        lease.complete(Outcome.SUCCESS);
        assertThat(view(orders).inFlight()).isZero();
    }

    @Test
    void closed_it_turns_requests_down_and_leaves_running_ones_alone() {
        fake.orders(e(1));
        Lease running = lease(orders);
        orders.close();
        fake.run();
        assertThat(rejection(orders).reason()).isEqualTo(Reason.CLOSED);
        assertThat(rejection(orders).text()).contains("orders.shop:http").contains("ask the mesh for another");
        assertThat(orders.snapshot().endpoints()).isEmpty();
        assertThat(running.complete(Outcome.SUCCESS)).isTrue();
        fake.orders(e(1), e(2));
        assertThat(rejection(orders).reason()).isEqualTo(Reason.CLOSED);
    }

    @Test
    void sets_that_were_on_their_way_when_it_closed_change_nothing() {
        fake.orders(e(1));
        fake.cluster.publish(ORDERS, FakeMesh.FACTS, List.of(e(2)));
        orders.close();
        fake.run();
        assertThat(rejection(orders).reason()).isEqualTo(Reason.CLOSED);
    }

    @Test
    void a_repeat_goes_to_an_endpoint_not_yet_tried_whatever_the_policy() {
        for (String policy : List.of("round-robin", "random", "power-of-two", "lowest")) {
            fake.orders(annotated(policy), e(1), e(2), e(3));
            PickContext context = PickContext.NONE;
            Set<Endpoint> tried = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                Endpoint endpoint = ((EndpointView) orders.choose(context)).endpoint();
                assertThat(tried.add(endpoint))
                        .as("%s tries %s again", policy, endpoint)
                        .isTrue();
                context = context.withTried(endpoint);
            }
            assertThat(orders.choose(context)).isInstanceOf(EndpointView.class);
        }
    }

    @Test
    void events_are_told_in_the_order_they_happen() {
        fake.orders(e(1));
        lease(orders).complete(Outcome.SUCCESS);
        fake.orders();
        orders.choose(PickContext.NONE);
        fake.say(Reason.NOT_FOUND, "gone");
        assertThat(fake.events.take())
                .containsExactly(
                        "set 1",
                        "picker power-of-two 1",
                        "completed 10.0.0.1:8080 Success[] -1",
                        "set 0",
                        "rejected NO_ENDPOINTS",
                        "unresolved NOT_FOUND");
    }

    @Test
    void settings_from_code_outrank_the_annotation() {
        try (LoadBalancer random = fake.mesh.service(fake.mesh.parse(ORDERS), Map.of("policy", "random"))) {
            fake.orders(annotated("rr"), e(1));
            assertThat(random.snapshot().policy()).isEqualTo("random");
            assertThat(random.snapshot().policySource()).isEqualTo("code");
            assertThat(orders.snapshot().policy()).isEqualTo("round-robin");
        }
    }
}
