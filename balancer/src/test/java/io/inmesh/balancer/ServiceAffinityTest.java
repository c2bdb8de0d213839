package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.FACTS;
import static io.inmesh.balancer.FakeMesh.ORDERS;
import static io.inmesh.balancer.FakeMesh.picked;
import static io.inmesh.balancer.testing.TestEndpoints.endpoint;
import static io.inmesh.balancer.testing.TestEndpoints.endpoints;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.api.PickContext;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Usability;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Service's own session affinity, rules Y-1 to Y-7. */
class ServiceAffinityTest {
    private static final Duration TIMEOUT = Duration.ofHours(3);
    private static final ServiceFacts CLIENT_IP = sticky(FACTS);

    /** An application-wide default is no policy for that service, so these go with the Service's affinity. */
    private static final Map<String, String> TURNS = Map.of("policy", "round-robin");

    private static ServiceFacts sticky(ServiceFacts facts) {
        return new ServiceFacts(
                facts.key(), facts.uid(), TIMEOUT, facts.annotations(), facts.appProtocol(), facts.alias());
    }

    private static FakeMesh mesh() {
        return new FakeMesh(builder -> builder.defaults(TURNS));
    }

    private static Set<Endpoint> reached(LoadBalancer balancer, int calls) {
        Set<Endpoint> reached = new HashSet<>();
        for (int i = 0; i < calls; i++) {
            reached.add(picked(balancer));
        }
        return reached;
    }

    private static Endpoint draining(Endpoint endpoint) {
        return endpoint.withUsability(new Usability.Draining("C-6"));
    }

    private static Endpoint[] without(Endpoint[] endpoints, Endpoint left) {
        List<Endpoint> others = new ArrayList<>(List.of(endpoints));
        others.remove(left);
        return others.toArray(Endpoint[]::new);
    }

    @Test
    void Y_1_a_service_without_affinity_binds_nobody() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(endpoints(4));
            assertThat(reached(orders, 8)).hasSize(4);
        }
    }

    @Test
    void Y_2_two_ports_of_one_service_are_remembered_apart() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer http = fake.mesh.service(ORDERS);
            LoadBalancer admin = fake.mesh.service("orders.shop:admin");
            fake.orders(CLIENT_IP, endpoints(4));
            ServiceKey key = new ServiceKey("k8s", "shop", "orders", "admin", Protocol.TCP);
            fake.cluster.publish("orders.shop:admin", sticky(ServiceFacts.of(key)), List.of(endpoints(4)));
            fake.run();
            Endpoint ofHttp = picked(http);
            Endpoint ofAdmin = picked(admin);

            fake.orders(CLIENT_IP, without(endpoints(4), ofHttp));

            assertThat(reached(http, 8)).hasSize(1).doesNotContain(ofHttp);
            assertThat(reached(admin, 8)).containsExactly(ofAdmin);
        }
    }

    @Test
    void a_remembered_endpoint_that_is_at_its_cap_is_passed_over_for_that_request_and_stays_remembered() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?limit.endpoint-in-flight=2");
            fake.orders(CLIENT_IP, endpoints(2));
            Lease one = FakeMesh.lease(orders);
            Lease two = FakeMesh.lease(orders);
            Endpoint first = one.endpoint();
            assertThat(two.endpoint()).isEqualTo(first);
            Lease elsewhere = FakeMesh.lease(orders);
            assertThat(elsewhere.endpoint()).isNotEqualTo(first);
            two.close();
            assertThat(picked(orders)).as("it has room again").isEqualTo(first);
            List<Lease> all = List.of(one, elsewhere, FakeMesh.lease(orders), FakeMesh.lease(orders));
            assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.LIMITED);
            all.forEach(Lease::close);
            assertThat(picked(orders)).isEqualTo(first);
        }
    }

    @Test
    void Y_3_every_call_renews_the_memory_and_it_lapses_after_the_timeout_without_one() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(4));
            Endpoint first = picked(orders);
            for (int i = 0; i < 10; i++) {
                fake.clock.advance(TIMEOUT.minusNanos(1));
                assertThat(picked(orders)).isEqualTo(first);
            }

            fake.clock.advance(TIMEOUT);

            Endpoint next = picked(orders);
            assertThat(next).as("the turn of another").isNotEqualTo(first);
            assertThat(reached(orders, 8)).containsExactly(next);
        }
    }

    @Test
    void Y_3_a_running_request_stays_where_it_is_when_the_memory_moves() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(2));
            try (var lease = FakeMesh.lease(orders)) {
                Endpoint first = lease.endpoint();
                fake.orders(CLIENT_IP, draining(first), without(endpoints(2), first)[0]);
                assertThat(reached(orders, 4)).hasSize(1).doesNotContain(first);
                assertThat(lease.endpoint().id()).isEqualTo(first.id());
            }
        }
    }

    @Test
    void Y_4_an_endpoint_that_is_usable_no_more_loses_its_client_at_once_and_for_good() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            Endpoint[] four = endpoints(4);
            fake.orders(CLIENT_IP, four);
            Endpoint first = picked(orders);
            List<Endpoint> next = new ArrayList<>(List.of(without(four, first)));
            next.add(draining(first));
            fake.orders(CLIENT_IP, next.toArray(Endpoint[]::new));
            fake.orders(CLIENT_IP, four);

            Endpoint second = picked(orders);
            assertThat(second)
                    .as("no call came meanwhile, and it lost its client")
                    .isNotEqualTo(first);

            fake.orders(CLIENT_IP, without(four, second));
            fake.orders(CLIENT_IP, four);
            Endpoint third = picked(orders);
            assertThat(third).as("left and back").isNotEqualTo(second);

            fake.say(Reason.NOT_FOUND, "gone");
            fake.orders(CLIENT_IP, four);
            assertThat(reached(orders, 8)).hasSize(1);
        }
    }

    @Test
    void Y_4_a_quiesced_endpoint_gets_no_new_request_from_its_client_either() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(2));
            Endpoint first = picked(orders);
            fake.orders(CLIENT_IP, first.withWeight(0), without(endpoints(2), first)[0]);
            assertThat(reached(orders, 4)).hasSize(1).doesNotContain(first);
        }
    }

    @Test
    void Y_4_so_does_one_that_code_or_its_zone_quiesces() {
        Set<String> quiesced = new HashSet<>();
        Endpoint[] four = new Endpoint[4];
        for (int i = 0; i < four.length; i++) {
            four[i] = endpoint(i).withLocality(new Locality("n" + i, "zone-" + i));
        }
        try (FakeMesh fake = new FakeMesh(
                builder -> builder.defaults(TURNS).weights(endpoint -> quiesced.contains(endpoint.id()) ? 0 : 1))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, four);
            Endpoint first = picked(orders);
            quiesced.add(first.id());
            fake.orders(CLIENT_IP, without(four, four[(List.of(four).indexOf(first) + 1) % 4]));
            Endpoint second = picked(orders);
            assertThat(reached(orders, 8)).containsExactly(second).doesNotContain(first);

            String zone = second.locality().zone();
            try (LoadBalancer byZone = fake.mesh.service(
                    ORDERS + "?affinity.mode=service&locality.mode=weighted&locality.weights=" + zone + "%3D0")) {
                fake.run();
                assertThat(reached(byZone, 8)).hasSize(1).doesNotContain(first, second);
            }
        }
    }

    @Test
    void Y_5_all_balancers_of_a_mesh_share_the_endpoint_and_another_mesh_has_its_own() {
        try (FakeMesh fake = mesh();
                FakeMesh elsewhere = mesh()) {
            LoadBalancer one = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(8));
            Endpoint first = picked(one);
            LoadBalancer other = fake.mesh.service(ORDERS + "?affinity.mode=service");
            fake.run();
            for (int i = 0; i < 8; i++) {
                assertThat(picked(other)).isEqualTo(first);
            }
            one.close();
            fake.run();
            assertThat(picked(other)).as("whoever closes takes nothing along").isEqualTo(first);

            LoadBalancer stranger = elsewhere.mesh.service(ORDERS);
            elsewhere.orders(CLIENT_IP, without(endpoints(8), first));
            assertThat(reached(stranger, 8)).hasSize(1).doesNotContain(first);
            assertThat(picked(other)).isEqualTo(first);
        }
    }

    @Test
    void Y_5_of_first_calls_that_come_at_once_one_wins() throws Exception {
        int winners = 0;
        for (int round = 0; round < 50; round++) {
            try (FakeMesh fake = mesh()) {
                LoadBalancer orders = fake.mesh.service(ORDERS);
                fake.orders(CLIENT_IP, endpoints(16));
                Set<Endpoint> chosen = Collections.synchronizedSet(new HashSet<>());
                Together.run(4, thread -> chosen.addAll(reached(orders, 20)));
                assertThat(chosen).as("each round").hasSize(1);
                winners += chosen.size();
            }
        }
        assertThat(winners).isEqualTo(50);
    }

    @Test
    void Y_5_C12_a_repeat_goes_elsewhere_and_the_next_call_comes_back() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(3));
            Endpoint first = picked(orders);
            PickContext repeat = PickContext.NONE.withTried(first);
            for (int i = 0; i < 6; i++) {
                assertThat(orders.choose(repeat))
                        .isInstanceOfSatisfying(EndpointView.class, view -> assertThat(view.endpoint())
                                .isNotEqualTo(first));
                assertThat(picked(orders)).isEqualTo(first);
            }
            fake.orders(CLIENT_IP, first);
            assertThat(orders.choose(repeat)).as("C12: nobody else is left").isInstanceOf(EndpointView.class);
        }
    }

    @Test
    void Y_3_a_process_that_reaches_nobody_for_a_while_still_stays() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(8));
            Endpoint first = picked(orders);
            orders.close(); // The only one, as an idle channel is.
            fake.run();
            assertThat(fake.mesh.engine().states().size()).isZero();
            fake.clock.advance(TIMEOUT.minusNanos(1));
            LoadBalancer again = fake.mesh.service(ORDERS);
            fake.run();
            assertThat(reached(again, 8)).containsExactly(first);

            again.close();
            fake.run();
            Set<Endpoint> later = new HashSet<>();
            for (int i = 0; i < 50; i++) { // A sequence begins anywhere, with the first one as well.
                fake.clock.advance(TIMEOUT);
                try (LoadBalancer late = fake.mesh.service(ORDERS)) {
                    fake.run();
                    later.add(picked(late));
                }
                fake.run();
            }
            assertThat(later).as("chosen anew each time").hasSizeGreaterThan(1);
        }
    }

    @Test
    void what_has_lapsed_is_forgotten_when_a_port_loses_its_last_user() {
        try (FakeMesh fake = mesh()) {
            for (int i = 0; i < 50; i++) {
                String target = "service-" + i + ".shop:http";
                ServiceKey key = new ServiceKey("k8s", "shop", "service-" + i, "http", Protocol.TCP);
                fake.cluster.publish(target, sticky(ServiceFacts.of(key)), List.of(endpoints(2)));
                try (LoadBalancer each = fake.mesh.service(target)) {
                    fake.run();
                    picked(each);
                }
                fake.run();
            }
            assertThat(fake.mesh.engine().states().known()).isEqualTo(50);
            fake.clock.advance(TIMEOUT);
            fake.mesh.service(ORDERS).close();
            fake.mesh.service(ORDERS);
            fake.orders(endpoints(1));
            assertThat(fake.mesh.engine().states().known()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"service", "strong"})
    void time_alone_makes_no_other_picker(String mode) {
        Locality here = new Locality("n1", "a");
        try (FakeMesh fake = new FakeMesh(builder -> builder.locality(here)
                .defaults(Map.of("policy", "round-robin", "locality.mode", "node", "affinity.mode", mode)))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoint(0).withLocality(here), endpoint(1).withLocality(new Locality("n2", "b")));
            picked(orders);
            assertThat(fake.clock.timers()).as("spill-over is looked at").isPositive();
            fake.events.take();
            for (int i = 0; i < 20; i++) {
                fake.clock.advance(Duration.ofMillis(100));
            }
            assertThat(fake.events.take()).isEmpty();
        }
    }

    @Test
    void Y_6_a_policy_named_for_the_service_overrides_with_one_line() {
        for (String target : List.of(ORDERS + "?policy=round-robin", ORDERS)) {
            try (HeardLog log = new HeardLog();
                    FakeMesh fake = target.equals(ORDERS)
                            ? new FakeMesh(builder -> builder.service("orders.shop", TURNS))
                            : new FakeMesh()) {
                LoadBalancer orders = fake.mesh.service(target);
                fake.orders(CLIENT_IP, endpoints(4));
                fake.orders(CLIENT_IP, endpoints(3));
                assertThat(reached(orders, 6)).hasSize(3);
                assertThat(log.lines("overrides the Service's sessionAffinity of PT3H"))
                        .hasSize(1);
            }
        }
    }

    @Test
    void Y_6_so_does_one_from_an_annotation_and_it_can_be_taken_back() {
        try (HeardLog log = new HeardLog();
                FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(sticky(FakeMesh.annotated("round-robin")), endpoints(4));
            assertThat(reached(orders, 8)).hasSize(4);
            assertThat(log.lines("policy 'round-robin', named by annotation, overrides"))
                    .hasSize(1);
            fake.orders(CLIENT_IP, endpoints(4));
            assertThat(reached(orders, 8)).hasSize(1);
        }
    }

    @Test
    void Y_6_an_application_wide_policy_does_not_and_affinity_can_be_told_apart_from_the_policy() {
        try (HeardLog log = new HeardLog();
                FakeMesh fake = mesh()) {
            LoadBalancer byDefault = fake.mesh.service(ORDERS);
            LoadBalancer both = fake.mesh.service(ORDERS + "?policy=round-robin&affinity.mode=service");
            LoadBalancer neither = fake.mesh.service(ORDERS + "?affinity.mode=off");
            fake.orders(CLIENT_IP, endpoints(4));
            Endpoint first = picked(byDefault);
            assertThat(reached(byDefault, 8)).containsExactly(first);
            assertThat(reached(both, 8)).containsExactly(first);
            assertThat(reached(neither, 8)).hasSize(4);
            assertThat(log.lines("overrides")).isEmpty();
        }
    }

    @Test
    void Y_7_what_the_resolver_says_of_headless_services_is_no_affinity() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(4));
            assertThat(reached(orders, 8)).hasSize(1);
            fake.orders(FACTS, endpoints(4)); // The service was made anew, headless.
            assertThat(reached(orders, 8)).hasSize(4);
        }
    }

    static List<EveryPolicy.Case> policies() {
        return EveryPolicy.cases();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void every_policy_chooses_once_and_is_stayed_with(EveryPolicy.Case tested) {
        try (FakeMesh fake = new FakeMesh(builder -> builder.defaults(tested.settings()))) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(5));
            Endpoint first = picked(orders);
            for (int i = 0; i < 50; i++) {
                PickContext context = PickContext.NONE.withKey("key-" + i);
                assertThat(((EndpointView) orders.choose(context)).endpoint()).isEqualTo(first);
            }
            fake.orders(CLIENT_IP, without(endpoints(5), first));
            assertThat(reached(orders, 20)).hasSize(1).doesNotContain(first);
        }
    }

    @Test
    void a_choice_allocates_nothing() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(CLIENT_IP, endpoints(10));
            double bytes = Allocation.bytesPerRun(() -> orders.choose(PickContext.NONE));
            assertThat(bytes).isLessThan(Allocation.NOTHING);
        }
    }
}
