package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Usability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcBalancingTest {
    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void ten_thousand_calls_from_a_cold_start_spread_evenly_over_ten_backends() throws Exception {
        List<TestBackend> backends = door.backends(10);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");

        for (int i = 0; i < 10_000; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(10_000);
        int most = backends.stream().mapToInt(TestBackend::calls).max().orElseThrow();
        assertThat(most / 1_000.0).isLessThanOrEqualTo(1.01);
    }

    @Test
    void the_target_string_alone_gives_balanced_calls() throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);

        for (int i = 0; i < 300; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        assertThat(backends).allSatisfy(backend -> assertThat(backend.calls()).isGreaterThan(50));
    }

    @Test
    void a_backend_that_is_added_gets_calls_and_one_that_drains_gets_no_more() throws Exception {
        List<TestBackend> backends = new ArrayList<>(door.backends(2));
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        TestBackend added = door.backend();
        backends.add(added);
        door.publish(backends);
        await().until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            return added.calls() > 0;
        });

        Endpoint draining = backends.get(0).endpoint().withUsability(new Usability.Draining("C-6"));
        door.publish(draining, backends.get(1).endpoint(), added.endpoint());
        GrpcDoor.call(
                channel, TestBackend.UNSAFE); // The channel has heard of it once a call that began later has ended.
        int before = backends.get(0).calls();
        for (int i = 0; i < 30; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }
        assertThat(backends.get(0).calls()).isEqualTo(before);
    }

    @Test
    void the_owner_switches_the_policy_by_annotation_and_no_call_is_lost() throws Exception {
        List<TestBackend> backends = door.backends(2);
        ServiceFacts facts = ServiceFacts.of(GrpcDoor.KEY);
        List<Endpoint> endpoints = backends.stream().map(TestBackend::endpoint).toList();
        door.cluster.publish(GrpcDoor.ORDERS, facts, endpoints);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);

        for (String policy : List.of("random", "round-robin", "nonsense", "p2c")) {
            door.cluster.publish(GrpcDoor.ORDERS, facts.withAnnotations(Map.of("policy", policy)), endpoints);
            for (int i = 0; i < 20; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
        }

        assertThat(backends.stream().mapToInt(TestBackend::calls).sum()).isEqualTo(80);
    }

    @Test
    void grpcs_own_policy_works_on_our_resolver_when_the_user_asks_for_it() throws Exception {
        List<TestBackend> backends = door.backends(3);
        door.publish(backends);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS, builder -> builder.disableServiceConfigLookUp()
                .defaultLoadBalancingPolicy("pick_first"));

        for (int i = 0; i < 30; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
        }

        assertThat(backends.stream().map(TestBackend::calls)).containsExactlyInAnyOrder(0, 0, 30);
    }

    @Test
    void the_authority_is_the_service_and_never_the_pod() throws Exception {
        door.publish(door.backends(1));

        assertThat(door.channel("k8s:///Orders.Shop:grpc").authority()).isEqualTo("orders.shop");
        assertThat(door.channel("k8s:///orders.shop:8080").authority()).isEqualTo("orders.shop:8080");
        assertThat(door.channel(GrpcDoor.ORDERS, builder -> builder.overrideAuthority("other"))
                        .authority())
                .isEqualTo("other");
    }

    @Test
    void two_channels_to_one_service_see_each_others_load() throws Exception {
        TestBackend slow = door.closedAtEnd(TestBackend.start((request, answer) -> {})); // never answers
        door.publish(List.of(slow));
        ManagedChannel one = door.channel(GrpcDoor.ORDERS);
        ManagedChannel other = door.channel("k8s:///orders.shop:grpc?policy=random");
        try (var balancer = door.mesh.service(GrpcDoor.ORDERS)) {
            var first = one.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT);
            var second = other.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT);
            CompletableFuture<Status> ends =
                    Calls.begin(first).thenCombine(Calls.begin(second), (end, otherEnd) -> otherEnd);

            await().until(() -> balancer.snapshot().endpoints().get(0).inFlight() == 2);

            first.cancel("done", null);
            second.cancel("done", null);
            assertThat(ends.join().getCode()).isEqualTo(Status.Code.CANCELLED);
            await().until(() -> balancer.snapshot().endpoints().get(0).inFlight() == 0);
        }
    }

    @Test
    void the_first_ready_connection_does_not_take_everything_while_another_cannot_be_made() throws Exception {
        List<TestBackend> backends = door.backends(2);
        TestBackend dead = TestBackend.start();
        dead.close();
        List<TestBackend> all = new ArrayList<>(backends);
        all.add(dead);
        door.publish(all);
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");

        for (int i = 0; i < 100; i++) {
            GrpcDoor.call(channel, TestBackend.UNSAFE, CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(20)));
        }

        assertThat(backends).allSatisfy(backend -> assertThat(backend.calls()).isBetween(45, 55));
    }

    @Test
    void a_pod_that_keeps_its_identity_and_gets_another_address_is_reached_there() throws Exception {
        TestBackend before = door.backend();
        TestBackend after = door.backend();
        door.publish(before.endpoint().withId("uid-1:8080"));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        door.publish(after.endpoint().withId("uid-1:8080"));

        await().until(() -> {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            return after.calls() > 0;
        });
    }
}
