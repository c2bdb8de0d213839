package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The canonical order, on which every process that sees the same endpoints agrees. */
class EndpointSetPropertyTest {
    private static final ServiceFacts ORDERS =
            ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "grpc", Protocol.TCP));

    @Property
    void the_order_depends_on_the_endpoints_and_not_on_how_they_arrived(
            @ForAll("distinct") List<Endpoint> endpoints, @ForAll long seed) {
        List<Endpoint> shuffled = new ArrayList<>(endpoints);
        Collections.shuffle(shuffled, new Random(seed));

        EndpointSet set = EndpointSet.of(ORDERS, 1, endpoints);

        assertThat(EndpointSet.of(ORDERS, 1, shuffled)).isEqualTo(set);
        assertThat(set.endpoints())
                .containsExactlyInAnyOrderElementsOf(endpoints)
                .isSortedAccordingTo(Comparator.comparing(Endpoint::hashKey).thenComparing(Endpoint::id));
    }

    @Property
    void each_id_stands_once_and_the_first_given_stays(@ForAll("distinct") List<Endpoint> endpoints) {
        List<Endpoint> twice = new ArrayList<>(endpoints);
        endpoints.forEach(endpoint -> twice.add(endpoint.withWeight(endpoint.weight() + 1)));

        assertThat(EndpointSet.of(ORDERS, 1, twice)).isEqualTo(EndpointSet.of(ORDERS, 1, endpoints));
    }

    @Property
    void there_are_words_for_nothing_usable_exactly_if_nothing_is(@ForAll("distinct") List<Endpoint> endpoints) {
        boolean usable =
                endpoints.stream().anyMatch(endpoint -> endpoint.usability().isUsable());
        Unresolved words = new Unresolved(Reason.NO_LOCAL_ENDPOINTS, "none on node-1");

        assertThat(EndpointSet.of(ORDERS, 1, endpoints).nothingUsable() == null).isEqualTo(usable);
        assertThat(new EndpointSet(ORDERS, 1, endpoints, words, false, null).nothingUsable())
                .isEqualTo(usable ? null : words);
    }

    /** Few hosts, names and ports, so that keys collide often or begin alike; ids differ. */
    @Provide
    Arbitrary<List<Endpoint>> distinct() {
        Arbitrary<Endpoint> endpoints = Combinators.combine(
                        Arbitraries.of("10.0.0.1", "10.0.0.2", "10.0.0.10", "fd00::1", "fd00::1:2", "db", "db.shop"),
                        Arbitraries.of(80, 90, 8080),
                        Arbitraries.of("", "orders-0", "orders-1", "orders-10", "orders:1", "10.0.0.1"),
                        Arbitraries.of("a", "b", "c", "d", "e", "f"),
                        Arbitraries.of(
                                Usability.usable(), new Usability.Draining("C-4"), new Usability.Unusable("C-1")))
                .as((host, port, hostname, id, usability) -> Endpoint.of(host, port)
                        .withHostname(hostname)
                        .withId(id)
                        .withUsability(usability));
        return endpoints.list().ofMaxSize(6).uniqueElements(Endpoint::id);
    }
}
