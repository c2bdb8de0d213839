package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.ORDERS;
import static io.inmesh.balancer.testing.TestEndpoints.endpoint;
import static io.inmesh.balancer.testing.TestEndpoints.endpoints;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.engine.OwnService;
import io.inmesh.balancer.testing.EveryPolicy;
import io.inmesh.balancer.testing.HeardLog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Subsets in a mesh that knows its own service, or does not. */
class SubsetTest {
    private static final String CHECKOUT = "checkout.shop:http";

    private static FakeMesh mesh() {
        return new FakeMesh(builder -> builder.self(CHECKOUT));
    }

    /** What is left to a process that is the given one of so many; the peers are named so that their order is that of their numbers. */
    private static void peers(FakeMesh fake, int rank, int count) {
        String own = OwnService.Identity.ofThisProcess(Map.of())
                .addresses()
                .iterator()
                .next();
        Endpoint[] peers = IntStream.range(0, count)
                .mapToObj(i -> (i == rank ? Endpoint.of(own, 8080) : Endpoint.of("peer-" + i + ".test", 8080))
                        .withHostname(String.format("checkout-%03d", i)))
                .toArray(Endpoint[]::new);
        fake.cluster.publish(CHECKOUT, peers);
        fake.run();
    }

    private static Set<Endpoint> reached(LoadBalancer balancer) {
        Set<Endpoint> reached = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            reached.add(((EndpointView) balancer.choose(PickContext.NONE.withKey("key-" + i))).endpoint());
        }
        return reached;
    }

    @Test
    void ranks_deal_out_the_endpoints_and_follow_the_peers_as_they_come_and_go() {
        try (FakeMesh fake = mesh()) {
            LoadBalancer orders =
                    fake.mesh.service(ORDERS + "?policy=round-robin&subset.mode=deterministic&subset.size=5");
            fake.orders(endpoints(100));
            assertThat(reached(orders))
                    .as("random, as long as the peers are not known")
                    .hasSize(5);

            List<Endpoint> all = new ArrayList<>();
            for (int rank = 0; rank < 20; rank++) {
                peers(fake, rank, 20);
                assertThat(reached(orders)).hasSize(5);
                all.addAll(reached(orders));
            }
            assertThat(all).hasSize(100).doesNotHaveDuplicates();

            fake.orders(endpoints(10));
            assertThat(reached(orders)).as("no more than twice the size").hasSize(10);
        }
    }

    @Test
    void the_own_service_is_watched_only_for_modes_that_go_by_rank() {
        try (FakeMesh fake = mesh()) {
            fake.mesh.service(ORDERS + "?subset.mode=random");
            fake.orders(endpoints(100));
            assertThat(fake.cluster.resolvers()).isEqualTo(1);
            fake.mesh.service(ORDERS + "?subset.mode=rocksteadier");
            fake.run();
            assertThat(fake.cluster.resolvers()).isEqualTo(3);
        }
    }

    @Test
    void two_processes_have_two_random_subsets_and_one_keeps_its_own() {
        try (FakeMesh fake = new FakeMesh();
                FakeMesh other = new FakeMesh()) {
            String target = ORDERS + "?policy=round-robin&subset.mode=random";
            LoadBalancer one = fake.mesh.service(target);
            LoadBalancer two = other.mesh.service(target);
            fake.orders(endpoints(200));
            other.orders(endpoints(200));
            Set<Endpoint> first = reached(one);
            assertThat(first).hasSize(20).isNotEqualTo(reached(two));
            fake.orders(endpoints(199));
            Set<Endpoint> kept = reached(one);
            kept.retainAll(first);
            assertThat(kept).hasSize(first.contains(endpoint(199)) ? 19 : 20);
        }
    }

    @Test
    void an_unknown_service_and_a_missing_rank_are_told_in_one_line_each() {
        try (HeardLog log = new HeardLog();
                FakeMesh alone = new FakeMesh();
                FakeMesh lost = mesh()) {
            for (FakeMesh fake : List.of(alone, lost)) {
                fake.mesh.service(ORDERS + "?subset.mode=aperture");
                fake.mesh.service(ORDERS + "?subset.mode=rocksteadier");
                fake.orders(endpoints(100));
            }
            peers(lost, -1, 3);
            peers(lost, -1, 4);
            assertThat(log.lines("the own service is not known")).hasSize(1);
            assertThat(log.lines("this process is not among the 3 usable endpoints of its own service"))
                    .hasSize(1);
            assertThat(log.lines("this process is not among")).hasSize(1);
        }
    }

    @Test
    void a_policy_that_follows_keys_is_told_once_what_a_subset_means_for_it() {
        try (HeardLog log = new HeardLog();
                FakeMesh fake = new FakeMesh()) {
            LoadBalancer orders = fake.mesh.service(ORDERS + "?policy=maglev&subset.mode=random");
            fake.mesh.service(ORDERS + "?policy=random&subset.mode=random");
            fake.orders(endpoints(100));
            fake.orders(endpoints(101));
            PickContext context = PickContext.NONE.withKey("customer-42");
            assertThat(orders.choose(context)).isSameAs(orders.choose(context));
            assertThat(log.lines("set subset.mode to off if a key shall find the same one from everywhere"))
                    .hasSize(1);
        }
    }

    static List<EveryPolicy.Case> policies() {
        return EveryPolicy.cases();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void every_policy_chooses_from_every_kind_of_subset_and_from_nobody_else(EveryPolicy.Case tested) {
        for (SubsetConfig.Mode mode : SubsetConfig.Mode.values()) {
            if (mode == SubsetConfig.Mode.OFF) {
                continue;
            }
            try (FakeMesh fake = new FakeMesh(builder -> builder.self(CHECKOUT).defaults(tested.settings()))) {
                LoadBalancer orders = fake.mesh.service(
                        fake.mesh.parse(ORDERS), Map.of("subset.mode", mode.name(), "subset.size", "4"));
                peers(fake, 3, 10);
                fake.orders(endpoints(60));
                Set<Endpoint> reached = reached(orders);
                int most = mode == SubsetConfig.Mode.APERTURE ? 7 : 4; // Six wide, and a part at each end.
                assertThat(reached).as("%s", mode).hasSizeBetween(1, most);
                if (tested.spreads() && mode != SubsetConfig.Mode.APERTURE) {
                    assertThat(reached).as("%s", mode).hasSize(4);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void ten_clients_of_one_service_burden_its_endpoints_as_the_way_promises(SubsetConfig.Mode mode) {
        double[] clients = new double[100];
        for (int rank = 0; rank < 10; rank++) {
            try (FakeMesh fake = mesh()) {
                LoadBalancer orders = fake.mesh.service(
                        fake.mesh.parse(ORDERS),
                        Map.of("policy", "round-robin", "subset.mode", mode.name(), "subset.size", "10"));
                peers(fake, rank, 10);
                fake.orders(endpoints(100));
                Set<Endpoint> reached = new LinkedHashSet<>(reached(orders));
                for (int i = 0; i < clients.length; i++) {
                    clients[i] += reached.contains(endpoint(i)) ? 1 : 0;
                }
            }
        }
        if (mode == SubsetConfig.Mode.RANDOM) {
            assertThat(clients).contains(0).contains(2);
        } else {
            assertThat(clients).containsOnly(1);
        }
    }

    @Test
    void whoever_reaches_a_subset_does_not_bring_back_what_was_ejected_outside_of_it() {
        try (FakeMesh fake = new FakeMesh()) {
            Endpoint[] ten = endpoints(10);
            LoadBalancer whole = fake.mesh.service(ORDERS + "?policy=round-robin");
            fake.orders(ten);
            LoadBalancer part = fake.mesh.service(ORDERS + "?policy=round-robin&subset.mode=random&subset.size=3");
            fake.run();
            Set<Endpoint> ownPart = reached(part);
            EndpointView outside = whole.snapshot().endpoints().stream()
                    .filter(each -> !ownPart.contains(each.endpoint()))
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < 5; i++) {
                outside.begin().complete(Outcome.failure(Origin.EXTERNAL, Delivery.SENT));
            }
            fake.run();
            assertThat(reached(whole)).hasSize(9).doesNotContain(outside.endpoint());
            fake.events.take();

            part.close();
            LoadBalancer again = fake.mesh.service(ORDERS + "?policy=random&subset.mode=random&subset.size=3");
            fake.run();

            assertThat(reached(again)).hasSizeBetween(3, 4);
            assertThat(reached(whole)).hasSize(9).doesNotContain(outside.endpoint());
            assertThat(fake.events.take()).noneMatch(event -> event.startsWith("restored"));
        }
    }
}
