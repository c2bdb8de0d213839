package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is known already never changes what comes out. jqwik prints the seed of a failure. */
class SortedEndpointsTest {
    private static final ServiceFacts ORDERS =
            ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "grpc", Protocol.TCP));

    private static List<Endpoint> afresh(List<Endpoint> endpoints) {
        return EndpointSet.of(ORDERS, 1, endpoints).endpoints();
    }

    private static Endpoint endpoint(int host, int id) {
        return Endpoint.of("10.0." + host / 256 + "." + host % 256, 80).withId("pod-" + id);
    }

    /** Mostly in order, mostly the same objects; sometimes an id twice, another order, or many that are new. */
    private static void change(List<Endpoint> endpoints, Random random) {
        int changes = random.nextInt(6) == 0 ? 40 : random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(endpoints.size() + 1);
            boolean behindAll = at == endpoints.size();
            switch (random.nextInt(6)) {
                case 0, 1 -> endpoints.add(endpoint(random.nextInt(600), random.nextInt(100_000)));
                case 2 -> {
                    if (!behindAll) {
                        endpoints.remove(at);
                    }
                }
                case 3 -> {
                    if (!behindAll) {
                        endpoints.set(at, endpoints.get(at).withWeight(random.nextInt(3)));
                    }
                }
                case 4 -> {
                    if (!behindAll) {
                        endpoints.set(at, endpoints.get(at).withId("pod-" + random.nextInt(100_000)));
                    }
                }
                default -> {
                    if (!behindAll) { // At another address under its id, beside the one it has.
                        endpoints.add(endpoint(random.nextInt(600), 0)
                                .withId(endpoints.get(at).id()));
                    }
                }
            }
        }
        if (random.nextInt(4) != 0) {
            List<Endpoint> sorted = afresh(endpoints);
            endpoints.clear();
            endpoints.addAll(sorted);
        } else if (random.nextInt(4) == 0) {
            Collections.shuffle(endpoints, random);
        }
    }

    @Property(tries = 300)
    void the_next_are_what_a_set_makes_of_them(@ForAll Random random) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            endpoints.add(endpoint(random.nextInt(600), i));
        }
        SortedEndpoints sorted = SortedEndpoints.NONE;
        for (int i = 0; i < 30; i++) {
            SortedEndpoints next = sorted.next(endpoints);
            assertThat(next).isEqualTo(afresh(endpoints));
            assertThat(EndpointSet.of(ORDERS, 1, next).endpoints()).isEqualTo(next);
            sorted = next;
            change(endpoints, random);
        }
    }

    @Test
    void a_set_takes_them_as_they_are() {
        SortedEndpoints sorted = SortedEndpoints.NONE.next(List.of(endpoint(2, 2), endpoint(1, 1)));

        assertThat(new EndpointSet(ORDERS, 1, sorted, null, false, null).endpoints())
                .isSameAs(sorted)
                .containsExactly(endpoint(1, 1), endpoint(2, 2));
    }

    @Test
    void an_id_that_comes_a_second_time_at_another_address_is_dropped() {
        List<Endpoint> one = List.of(endpoint(1, 1), endpoint(2, 2), endpoint(3, 3));
        List<Endpoint> twice = List.of(one.get(0), one.get(1), one.get(2), endpoint(4, 1));

        assertThat(SortedEndpoints.NONE.next(one).next(twice)).isEqualTo(one);
    }

    @Test
    void they_are_a_copy_that_cannot_be_changed() {
        List<Endpoint> given = new ArrayList<>(List.of(endpoint(1, 1)));
        SortedEndpoints sorted = SortedEndpoints.NONE.next(given);
        given.clear();

        assertThat(sorted).hasSize(1).isEqualTo(List.of(endpoint(1, 1)));
        assertThat(sorted.hashCode()).isEqualTo(List.of(endpoint(1, 1)).hashCode());
        assertThatThrownBy(() -> sorted.add(endpoint(2, 2))).isInstanceOf(UnsupportedOperationException.class);
        sorted.toArray()[0] = endpoint(3, 3);
        assertThat(sorted).containsExactly(endpoint(1, 1));
    }
}
