package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.ORDERS;
import static io.inmesh.balancer.FakeMesh.lease;
import static io.inmesh.balancer.FakeMesh.picked;
import static io.inmesh.balancer.FakeMesh.rejection;
import static io.inmesh.balancer.FakeMesh.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.Usability;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Policy {@code node-local} and the priorities by zone, from the settings to the picks of a mesh. */
class NodeLocalTest {
    private static final Locality HERE = new Locality("n1", "a");
    private static final Duration TICK = Duration.ofMillis(1);

    private static Endpoint at(int i, String node, String zone) {
        return TestEndpoints.endpoint(i).withLocality(new Locality(node, zone));
    }

    private static FakeMesh mesh() {
        return new FakeMesh(builder -> builder.locality(HERE));
    }

    private static Set<Endpoint> pickedOf(LoadBalancer balancer) {
        Set<Endpoint> picked = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            picked.add(picked(balancer));
        }
        return picked;
    }

    @Test
    void endpoints_that_code_has_quiesced_are_no_reason_to_stay_near() {
        Endpoint near = at(1, "n1", "a");
        Endpoint far = at(2, "n3", "b");
        try (FakeMesh fake =
                new FakeMesh(builder -> builder.locality(HERE).weights(endpoint -> endpoint.equals(near) ? 0 : 1))) {
            LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS + "?policy=node-local");
            fake.orders(near, far);
            assertThat(pickedOf(orders)).containsExactly(far);
        }
    }

    @Test
    @DisplayName("5.15: the node's endpoints, then the zone's, then all, as they come and go")
    void falls_back_and_returns() {
        Endpoint node = at(1, "n1", "a");
        Endpoint zone = at(2, "n2", "a");
        Endpoint far = at(3, "n3", "b");
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?policy=node-local");
            fake.orders(node, zone, far);
            assertThat(pickedOf(orders)).containsExactly(node);
            assertThat(orders.snapshot().policy()).isEqualTo("node-local");
            fake.orders(node.withUsability(new Usability.Draining("C-6")), zone, far);
            assertThat(pickedOf(orders)).containsExactly(zone);
            fake.orders(far);
            assertThat(pickedOf(orders)).containsExactly(far);
            fake.orders(node, zone, far);
            assertThat(pickedOf(orders)).containsExactly(node);
        }
    }

    @Test
    @DisplayName("C12: a repeat leaves the tier when all of it was tried")
    void a_repeat_goes_to_the_next_tier() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?policy=node-local");
            Endpoint node = at(1, "n1", "a");
            Endpoint far = at(3, "n3", "b");
            fake.orders(node, far);
            assertThat(orders.choose(PickContext.NONE.withTried(node)))
                    .satisfies(choice -> assertThat(((io.inmesh.api.EndpointView) choice).endpoint())
                            .isEqualTo(far));
        }
    }

    @Test
    @DisplayName("5.15: strict says NO_LOCAL_ENDPOINTS, why, and what to do; it ends with the first local endpoint")
    void strict_rejects() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(
                    fake.mesh.parse(ORDERS), Map.of("policy", "node-local", "locality.strict", "true"));
            fake.orders(at(2, "n2", "a"), at(3, "n3", "b"));
            assertThat(rejection(orders).reason()).isEqualTo(Reason.NO_LOCAL_ENDPOINTS);
            assertThat(rejection(orders).text())
                    .contains("orders.shop:http", "this node, n1", "DaemonSet", "locality.strict");
            fake.orders(at(1, "n1", "a"), at(2, "n2", "a"));
            assertThat(pickedOf(orders)).containsExactly(at(1, "n1", "a"));
        }
    }

    @Test
    void without_a_known_node_strict_rejects_and_the_log_says_once_what_is_missing() {
        try (HeardLog log = new HeardLog();
                FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(
                    fake.mesh.parse(ORDERS), Map.of("policy", "node-local", "locality.strict", "true"));
            fake.mesh.service(ORDERS + "?locality.mode=node");
            for (int i = 1; i < 5; i++) {
                fake.orders(at(i, "n2", "a"));
            }
            assertThat(rejection(orders).reason()).isEqualTo(Reason.NO_LOCAL_ENDPOINTS);
            assertThat(rejection(orders).text()).contains("NODE_NAME", "Mesh.builder().locality");
            assertThat(log.lines("every request is turned down")).hasSize(1);
            assertThat(log.lines("all endpoints count as equally far")).hasSize(1);
        }
    }

    @Test
    void the_policy_inside_is_named_by_its_own_key() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(
                    fake.mesh.parse(ORDERS), Map.of("policy", "node_local", "node-local.policy", "first"));
            fake.orders(at(1, "n1", "a"), at(2, "n1", "a"), at(3, "n2", "a"));
            assertThat(pickedOf(orders)).hasSize(1);
            assertThat(orders.snapshot().policy()).isEqualTo("node-local");
            assertThatThrownBy(() -> fake.mesh.service(ORDERS + "?policy=node-local&node-local.policy=frist"))
                    .hasMessageContaining("frist")
                    .hasMessageContaining("first");
        }
    }

    @Test
    @DisplayName("switching by annotation keeps counters; every level may say it")
    void switched_live_by_annotation() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            Endpoint node = at(1, "n1", "a");
            Endpoint far = at(2, "n2", "b");
            fake.orders(node, far);
            assertThat(pickedOf(orders)).containsExactlyInAnyOrder(node, far);
            fake.orders(FakeMesh.annotated("node-local"), node, far);
            assertThat(pickedOf(orders)).containsExactly(node);
            assertThat(orders.snapshot().policySource()).isEqualTo("annotation");
            Lease lease = lease(orders);
            fake.orders(FakeMesh.annotated("round-robin"), node, far);
            assertThat(pickedOf(orders)).containsExactlyInAnyOrder(node, far);
            assertThat(orders.snapshot().endpoints())
                    .filteredOn(view -> view.endpoint().equals(node))
                    .allMatch(view -> view.inFlight() == 1);
            lease.complete(Outcome.SUCCESS);
        }
    }

    @Test
    void what_locality_mode_says_of_a_service_stands_against_the_default_policy() {
        try (FakeMesh fake = new FakeMesh(builder -> builder.locality(HERE)
                .defaults(Map.of("policy", "node-local"))
                .service("orders.shop", Map.of("locality.mode", "off")))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(at(1, "n1", "a"), at(2, "n2", "b"));
            assertThat(pickedOf(orders)).hasSize(2);
            assertThat(orders.snapshot().policy()).isEqualTo("power-of-two");
        }
    }

    @Test
    void a_service_s_node_local_stands_against_another_mode_for_all() {
        try (FakeMesh fake = new FakeMesh(builder -> builder.locality(HERE)
                .defaults(Map.of("locality.mode", "weighted"))
                .service("orders.shop", Map.of("policy", "node-local")))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(at(1, "n1", "a"), at(2, "n2", "b"));
            assertThat(pickedOf(orders)).containsExactly(at(1, "n1", "a"));
            assertThat(orders.snapshot().policy()).isEqualTo("node-local");
        }
    }

    @Test
    @DisplayName("5.18: priorities by zone take over as health says, and the caller's zone is found by its node")
    void priorities_by_zone() {
        try (FakeMesh fake = new FakeMesh(
                builder -> builder.locality(new Locality("n1", null)).defaults(Map.of("priority.zones", "own,b")))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            Endpoint own = at(1, "n1", "a");
            Endpoint second = at(2, "n2", "b");
            Endpoint last = at(3, "n3", "c");
            fake.orders(own, second, last);
            assertThat(pickedOf(orders)).containsExactly(own);
            fake.orders(second, last);
            assertThat(pickedOf(orders)).containsExactly(second);
            fake.orders(last);
            assertThat(pickedOf(orders)).containsExactly(last);
        }
    }

    /** Requests that arrive and end by the fake clock. */
    private static final class Load {
        private final FakeMesh fake;
        private final LoadBalancer orders;
        private final Deque<Lease> running = new ArrayDeque<>();
        private int near;
        private int all;

        Load(FakeMesh fake, LoadBalancer orders) {
            this.fake = fake;
            this.orders = orders;
        }

        /** So many requests at a time, one of which ends and begins anew at every tick, each thus lasting that many ticks. */
        void run(int inFlight, int ticks) {
            near = 0;
            all = 0;
            for (int i = 0; i < ticks; i++) {
                while (running.size() >= Math.max(1, inFlight)) {
                    running.removeFirst().complete(Outcome.SUCCESS);
                }
                Lease lease = lease(orders);
                near += "n1".equals(lease.endpoint().locality().node()) ? 1 : 0;
                all++;
                running.add(lease);
                fake.clock.advance(TICK);
            }
        }

        double share() {
            return (double) near / all;
        }

        long inFlight(String node) {
            return running.stream()
                    .filter(lease -> node.equals(lease.endpoint().locality().node()))
                    .count();
        }
    }

    @Test
    @DisplayName("5.15, property: overloaded it spills up to the line and stays there; relieved it is all local again")
    void spilling_is_stable() {
        SplittableRandom random = new SplittableRandom(12);
        try (FakeMesh fake = new FakeMesh(builder -> builder.locality(HERE).random(random))) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?policy=node-local");
            fake.orders(
                    at(0, "n1", "a"),
                    at(1, "n1", "a"),
                    at(2, "n2", "a"),
                    at(3, "n2", "a"),
                    at(4, "n2", "a"),
                    at(5, "n2", "a"));
            Load load = new Load(fake, orders);

            load.run(2, 1000);
            assertThat(load.share()).as("one request on each local endpoint").isEqualTo(1);

            // 60 in flight on 2 and 4 endpoints: the line is at 2 * 2 * mean + 2 here and 4 * mean there, so at 31 and
            // 29.
            load.run(60, 2000);
            for (int second = 0; second < 5; second++) {
                load.run(60, 1000);
                assertThat(load.share()).as("second %d", second).isCloseTo(31 / 60.0, within(0.06));
                assertThat(load.inFlight("n1")).isBetween(18L, 44L);
            }

            load.run(2, 150);
            load.run(2, 1000);
            assertThat(load.share()).as("relieved").isEqualTo(1);
            load.running.forEach(lease -> lease.complete(Outcome.SUCCESS));
        }
    }

    @Test
    void looking_again_every_100_ms_makes_no_picker_and_tells_nobody_while_nothing_changes() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?policy=node-local&node-local.policy=rr");
            fake.orders(at(0, "n1", "a"), at(1, "n1", "a"), at(2, "n2", "a"));
            assertThat(fake.events.take()).contains("picker node-local 2");
            fake.clock.advance(Duration.ofSeconds(10));
            assertThat(fake.clock.timers()).as("it does look").isEqualTo(1);
            assertThat(fake.events.take()).isEmpty();

            List<Lease> leases = List.of(lease(orders), lease(orders), lease(orders));
            fake.clock.advance(Duration.ofMillis(100));
            assertThat(fake.events.take()).containsExactly("picker node-local 3");
            fake.clock.advance(Duration.ofSeconds(10));
            assertThat(fake.events.take()).as("as busy as before").isEmpty();
            leases.forEach(lease -> lease.complete(Outcome.SUCCESS));
            fake.events.take();
            fake.clock.advance(Duration.ofMillis(100));
            assertThat(fake.events.take()).containsExactly("picker node-local 2");
            assertThat(view(orders).endpoint().locality().node()).isEqualTo("n1");

            fake.orders(at(0, "n1", "a"), at(1, "n1", "a"));
            assertThat(fake.clock.timers()).as("nowhere to spill to").isZero();
        }
    }

    @Test
    void a_policy_that_follows_keys_never_spills() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?policy=node-local&node-local.policy=maglev");
            fake.orders(at(0, "n1", "a"), at(1, "n2", "a"));
            List<Lease> leases = List.of(lease(orders), lease(orders), lease(orders), lease(orders));
            fake.clock.advance(Duration.ofSeconds(1));
            assertThat(pickedOf(orders)).containsExactly(at(0, "n1", "a"));
            assertThat(fake.clock.timers()).isZero();
            leases.forEach(lease -> lease.complete(Outcome.SUCCESS));
        }
    }
}
