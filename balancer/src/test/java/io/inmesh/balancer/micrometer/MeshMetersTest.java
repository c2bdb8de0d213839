package io.inmesh.balancer.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.Target;
import io.inmesh.api.Usability;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver.Withheld;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.TestEndpoints;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a mesh does, as a registry shows it. */
class MeshMetersTest {
    private static final Target TARGET = Target.parse(MeteredMesh.ORDERS);

    private final MeteredMesh fake = new MeteredMesh();

    @AfterEach
    void close() {
        fake.close();
        assertThat(fake.registry.getMeters()).as("meters left behind").isEmpty();
    }

    @Test
    void attempts_are_as_many_as_backends_count() throws InterruptedException {
        fake.publish(TestEndpoints.endpoints(5));
        LoadBalancer orders = fake.orders("");
        Map<String, LongAdder> backends = new ConcurrentHashMap<>();
        Outcome[] answers = {
            Outcome.SUCCESS,
            Outcome.CLIENT_ERROR,
            Outcome.TIMEOUT,
            Outcome.OVERLOADED,
            Outcome.CANCELLED,
            Outcome.failure(Origin.EXTERNAL, Delivery.SENT),
            Outcome.failure(Origin.GATEWAY, Delivery.SENT),
            Outcome.failure(Origin.LOCAL, Delivery.SENT)
        };
        List<Thread> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            callers.add(new Thread(() -> {
                for (int i = 0; i < 800; i++) {
                    Lease lease = MeteredMesh.lease(orders);
                    Outcome answer = answers[i % answers.length];
                    backends.computeIfAbsent(OutcomeTag.of(answer).text(), tag -> new LongAdder())
                            .increment();
                    lease.complete(answer);
                    lease.close();
                }
            }));
        }
        callers.forEach(Thread::start);
        for (Thread caller : callers) {
            caller.join();
        }
        Map<String, Long> counted = new TreeMap<>();
        for (Meter meter : fake.registry.find("inmesh.client.attempts").meters()) {
            counted.put(
                    String.valueOf(meter.getId().getTag("outcome")),
                    Math.round(meter.measure().iterator().next().getValue()));
        }
        Map<String, Long> seen = new TreeMap<>();
        backends.forEach((tag, sum) -> seen.put(tag, sum.sum()));
        assertThat(counted).isEqualTo(seen).hasSize(8);
        assertThat(fake.value("inmesh.client.attempts", "target", "k8s:///" + MeteredMesh.ORDERS))
                .isEqualTo(3200);
    }

    @Test
    void attempts_are_told_apart_by_the_policy_in_force() {
        fake.publish(TestEndpoints.endpoints(2));
        LoadBalancer orders = fake.orders("");
        MeteredMesh.send(orders, Outcome.SUCCESS);
        fake.publish(MeteredMesh.annotated("round-robin"), TestEndpoints.endpoints(2));
        MeteredMesh.send(orders, Outcome.SUCCESS);
        MeteredMesh.send(orders, Outcome.SUCCESS);
        assertThat(fake.value("inmesh.client.attempts", "policy", "power-of-two"))
                .isEqualTo(1);
        assertThat(fake.value("inmesh.client.attempts", "policy", "round-robin"))
                .isEqualTo(2);
        assertThat(fake.value("inmesh.pickers", "policy", "round-robin")).isEqualTo(1);
        assertThat(fake.value("inmesh.sets")).isEqualTo(2);
    }

    @Test
    void endpoints_are_counted_by_what_may_be_done_with_them() {
        Endpoint drains = TestEndpoints.endpoint(3).withUsability(new Usability.Draining("serving, terminating"));
        Endpoint waits = TestEndpoints.endpoint(4).withUsability(new Usability.Unusable("not ready"));
        fake.publish(TestEndpoints.endpoint(0), TestEndpoints.endpoint(1), TestEndpoints.endpoint(2), drains, waits);
        LoadBalancer orders = fake.orders("");
        fake.eject(orders, TestEndpoints.endpoint(0));
        assertThat(fake.value("inmesh.endpoints", "state", "usable")).isEqualTo(2);
        assertThat(fake.value("inmesh.endpoints", "state", "draining")).isEqualTo(1);
        assertThat(fake.value("inmesh.endpoints", "state", "unusable")).isEqualTo(1);
        assertThat(fake.value("inmesh.endpoints", "state", "ejected")).isEqualTo(1);
        assertThat(fake.value("inmesh.ejections")).isEqualTo(1);
        assertThat(fake.value("inmesh.candidates")).isEqualTo(2);
        fake.clock.advance(Duration.ofMinutes(2));
        assertThat(fake.value("inmesh.endpoints", "state", "ejected")).isZero();
        fake.send(orders, TestEndpoints.endpoint(0), Outcome.SUCCESS); // Its trial is over.
        fake.eject(orders, TestEndpoints.endpoint(1));
        assertThat(fake.value("inmesh.endpoints", "state", "ejected")).isEqualTo(1);
        fake.publish(TestEndpoints.endpoint(0));
        fake.publish(TestEndpoints.endpoint(0), TestEndpoints.endpoint(1));
        assertThat(fake.value("inmesh.endpoints", "state", "usable"))
                .as("who left and came back is new")
                .isEqualTo(2);
        fake.say(Reason.NOT_FOUND);
        assertThat(fake.value("inmesh.endpoints")).isZero();
        assertThat(fake.value("inmesh.candidates")).isZero();
    }

    @Test
    void health_of_a_service_port_shows_under_each_of_its_names_though_it_is_told_under_one() {
        fake.publish(TestEndpoints.endpoints(2));
        fake.cluster.publish("orders.shop:80", MeteredMesh.FACTS, List.of(TestEndpoints.endpoints(2)));
        fake.cluster.publish("bills.shop:http", TestEndpoints.endpoint(0));
        LoadBalancer first = fake.orders("");
        LoadBalancer other = fake.mesh.service("orders.shop:80");
        LoadBalancer bills = fake.mesh.service("bills.shop:http");
        fake.clock.runDue();
        fake.eject(first, TestEndpoints.endpoint(1));
        assertThat(fake.value("inmesh.endpoints", "state", "ejected", "target", "k8s:///orders.shop:80"))
                .isEqualTo(1);
        assertThat(fake.value("inmesh.endpoints", "state", "ejected")).isEqualTo(2);
        first.close();
        fake.clock.runDue();
        assertThat(fake.value("inmesh.endpoints", "state", "ejected"))
                .as("of the other target, which has the same endpoints")
                .isEqualTo(1);
        fake.clock.advance(Duration.ofMinutes(2));
        assertThat(fake.value("inmesh.endpoints", "state", "ejected")).isZero();
        assertThat(fake.value("inmesh.endpoints", "state", "usable"))
                .as("%s and %s", other, bills)
                .isEqualTo(3);
    }

    @Test
    void a_target_that_begins_later_shows_who_is_ejected_already() {
        fake.publish(TestEndpoints.endpoints(3));
        fake.cluster.publish("orders.shop:80", MeteredMesh.FACTS, List.of(TestEndpoints.endpoints(3)));
        fake.eject(fake.orders(""), TestEndpoints.endpoint(1));
        fake.mesh.service("orders.shop:80");
        fake.clock.runDue();
        assertThat(fake.value("inmesh.endpoints", "state", "ejected", "target", "k8s:///orders.shop:80"))
                .isEqualTo(1);
        fake.say(Reason.NOT_FOUND);
        fake.publish(TestEndpoints.endpoints(3));
        assertThat(fake.value("inmesh.endpoints", "state", "ejected", "target", "k8s:///orders.shop:http"))
                .as("after the service was away for a moment under one of its names")
                .isEqualTo(1);
    }

    @Test
    void who_is_ejected_is_not_known_before_the_mesh_is() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        cluster.publish(MeteredMesh.ORDERS, TestEndpoints.endpoints(2));
        MeshMeters meters = new MeshMeters(registry);
        FakeClock clock = new FakeClock();
        try (Mesh mesh = Mesh.builder()
                .resolvers(cluster)
                .clock(clock)
                .scheduler(clock)
                .observer(meters)
                .build()) {
            mesh.service(MeteredMesh.ORDERS);
            clock.runDue();
            Gauge ejected =
                    registry.get("inmesh.endpoints").tag("state", "ejected").gauge();
            assertThat(ejected.value()).isNaN();
            meters.readInFlight(mesh);
            assertThat(ejected.value()).isZero();
        }
    }

    @Test
    void requests_in_flight_are_read_off_the_mesh() {
        fake.publish(TestEndpoints.endpoints(2));
        LoadBalancer orders = fake.orders("");
        Lease first = MeteredMesh.lease(orders);
        Lease second = MeteredMesh.lease(orders);
        assertThat(fake.value("inmesh.client.active")).isEqualTo(2);
        first.complete(Outcome.SUCCESS);
        assertThat(fake.value("inmesh.client.active")).isEqualTo(1);
        second.close();
        assertThat(fake.value("inmesh.client.active")).isZero();
    }

    @Test
    void requests_without_an_endpoint_are_counted_by_reason() {
        LoadBalancer orders = fake.orders("");
        fake.say(Reason.NOT_SYNCED);
        orders.pick(PickContext.NONE);
        fake.say(Reason.NOT_FOUND);
        orders.pick(PickContext.NONE);
        orders.pick(PickContext.NONE);
        assertThat(fake.value("inmesh.client.rejections", "reason", "not_synced"))
                .isEqualTo(1);
        assertThat(fake.value("inmesh.client.rejections", "reason", "not_found"))
                .isEqualTo(2);
        assertThat(fake.value("inmesh.unresolved", "reason", "not_found")).isEqualTo(1);
        assertThat(fake.value("inmesh.unresolved", "reason", "not_synced")).isEqualTo(1);
    }

    @Test
    void calls_repeats_hedges_and_what_was_withheld() {
        fake.publish(TestEndpoints.endpoints(2));
        fake.orders("");
        Outcome refused = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);
        fake.told().repeated(TARGET, TestEndpoints.endpoint(0), refused);
        fake.told().hedged(TARGET, TestEndpoints.endpoint(1));
        fake.told().withheld(TARGET, Withheld.BUDGET);
        fake.told().called(TARGET, 3, Outcome.SUCCESS);
        fake.told().called(TARGET, 0, Outcome.CANCELLED);
        fake.told().fellBack(TARGET, "no report");
        fake.told().connectedOutside(TARGET, TestEndpoints.endpoint(0));
        assertThat(fake.value("inmesh.client.connections.outside")).isEqualTo(1);
        assertThat(fake.value("inmesh.client.requests")).isEqualTo(1);
        assertThat(fake.value("inmesh.client.requests", "outcome", "success")).isEqualTo(1);
        assertThat(fake.value("inmesh.client.repeats", "outcome", "local_failure"))
                .isEqualTo(1);
        assertThat(fake.value("inmesh.client.hedges")).isEqualTo(1);
        assertThat(fake.value("inmesh.client.withheld", "reason", "budget")).isEqualTo(1);
        assertThat(fake.value("inmesh.client.fallbacks")).isEqualTo(1);
    }

    @Test
    void nothing_is_timed_unless_asked_for_or_measured_anyway() {
        fake.publish(TestEndpoints.endpoints(2));
        assertThat(fake.meters.readsLatency()).isFalse();
        Lease untimed = MeteredMesh.lease(fake.orders(""));
        fake.clock.advance(Duration.ofMillis(5));
        untimed.complete(Outcome.SUCCESS);
        assertThat(fake.count("inmesh.client.latency")).isZero();
        Lease measured = MeteredMesh.lease(fake.orders("?policy=peak-ewma"));
        fake.clock.advance(Duration.ofMillis(7));
        measured.complete(Outcome.SUCCESS);
        Timer timer = fake.registry.get("inmesh.client.latency").timer();
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7);
        assertThat(timer.getId().getTag("policy")).isEqualTo("peak-ewma");
        assertThat(fake.value("inmesh.client.attempts")).isEqualTo(2);
    }

    @Test
    void where_latency_is_asked_for_every_attempt_is_timed_up_to_its_answer() {
        try (MeteredMesh timed = new MeteredMesh(MeshMeters.Detail.LATENCY)) {
            timed.publish(TestEndpoints.endpoints(2));
            LoadBalancer orders = timed.orders("");
            Lease lease = MeteredMesh.lease(orders);
            timed.clock.advance(Duration.ofMillis(5));
            lease.answered();
            timed.clock.advance(Duration.ofMillis(100));
            lease.complete(Outcome.SUCCESS);
            Timer timer = timed.registry.get("inmesh.client.latency").timer();
            assertThat(timer.count()).isEqualTo(1);
            assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(5);
        }
    }

    @Test
    void watches_show_their_age_and_how_often_they_were_opened_again() {
        List<WatchAge> ages = new ArrayList<>();
        Supplier<List<WatchAge>> first = () -> List.copyOf(ages);
        Supplier<List<WatchAge>> second = List::of;
        Target other = Target.parse("bills.shop:http");
        fake.told().watching(other, first);
        fake.told().watching(other, second);
        assertThat(fake.value("inmesh.watch.age")).isNaN();
        ages.add(new WatchAge("services", Duration.ofSeconds(3), true, 1));
        ages.add(new WatchAge("endpointslices", Duration.ofMillis(90_500), false, 4));
        assertThat(fake.registry.get("inmesh.watch.age").timeGauge().value(TimeUnit.SECONDS))
                .isEqualTo(90.5);
        assertThat(fake.value("inmesh.watches", "state", "connected")).isEqualTo(1);
        assertThat(fake.value("inmesh.watches", "state", "disconnected")).isEqualTo(1);
        assertThat(fake.value("inmesh.watch.reconnects")).isEqualTo(5);
        ages.clear();
        fake.told().unwatched(other, first);
        assertThat(fake.value("inmesh.watch.reconnects"))
                .as("a sum that never falls")
                .isEqualTo(5);
        fake.told().unwatched(other, second);
        assertThat(fake.registry.getMeters()).isEmpty();
    }

    @Test
    void one_target_in_two_spellings_has_one_set_of_meters_until_both_are_closed() {
        fake.publish(TestEndpoints.endpoints(2));
        LoadBalancer plain = fake.orders("");
        LoadBalancer random = fake.orders("?policy=random");
        MeteredMesh.send(plain, Outcome.SUCCESS);
        MeteredMesh.send(random, Outcome.SUCCESS);
        assertThat(fake.count("inmesh.sets")).isEqualTo(1);
        assertThat(fake.value("inmesh.client.attempts", "policy", "random")).isEqualTo(1);
        assertThat(fake.value("inmesh.client.attempts", "policy", "power-of-two"))
                .isEqualTo(1);
        Lease late = MeteredMesh.lease(random);
        random.close();
        fake.clock.runDue();
        MeteredMesh.send(plain, Outcome.SUCCESS);
        assertThat(fake.value("inmesh.client.attempts", "policy", "power-of-two"))
                .isEqualTo(2);
        plain.close();
        fake.clock.runDue();
        late.complete(Outcome.TIMEOUT);
        assertThat(fake.registry.getMeters())
                .as("what ends late makes no meter anew")
                .isEmpty();
    }

    @Test
    void counting_an_attempt_allocates_nothing() {
        fake.publish(TestEndpoints.endpoints(2));
        LoadBalancer orders = fake.orders("?policy=random");
        Target target = orders.target();
        Endpoint endpoint = TestEndpoints.endpoint(0);
        assertThat(Allocation.bytesPerRun(() -> fake.meters.completed(target, endpoint, Outcome.SUCCESS, 1000)))
                .isLessThan(Allocation.NOTHING);
        assertThat(fake.value("inmesh.client.attempts")).isPositive();
    }
}
