package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.ORDERS;
import static io.inmesh.balancer.FakeMesh.picked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Zone-aware and weighted localities from the settings to the picks of a mesh, with the caller's own service. */
class ZoneAwareTest {
    private static final String OWN = "checkout.shop:http";
    private static final String ZONE_AWARE = ORDERS + "?locality.mode=zone-aware";
    private static final int DRAWS = 20_000;

    private final SplittableRandom random = new SplittableRandom(12);

    private FakeMesh mesh(Locality place) {
        return new FakeMesh(builder -> builder.locality(place).self(OWN).random(random));
    }

    /** So many endpoints in each of zones a, b, c. */
    private static Endpoint[] in(int first, int... counts) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int zone = 0; zone < counts.length; zone++) {
            for (int i = 0; i < counts[zone]; i++) {
                endpoints.add(TestEndpoints.endpoint(first + endpoints.size())
                        .withLocality(new Locality("n" + zone, String.valueOf((char) ('a' + zone)))));
            }
        }
        return endpoints.toArray(Endpoint[]::new);
    }

    private static double part(LoadBalancer balancer, String zone) {
        int count = 0;
        for (int i = 0; i < DRAWS; i++) {
            count += zone.equals(picked(balancer).locality().zone()) ? 1 : 0;
        }
        return (double) count / DRAWS;
    }

    @Test
    @DisplayName("TV-ZONE-3 through a mesh; plain before the own service is heard, and again when it has gone")
    void zones_share_as_the_peers_stand() {
        try (FakeMesh fake = mesh(new Locality(null, "a"))) {
            LoadBalancer orders = fake.mesh.service(ZONE_AWARE);
            fake.orders(in(1, 2, 3, 5));
            assertThat(part(orders, "a")).isCloseTo(0.2, within(0.02));

            fake.cluster.publish(OWN, in(101, 5, 3, 2));
            fake.run();
            assertThat(part(orders, "a")).isCloseTo(0.4, within(0.02));
            assertThat(part(orders, "c")).isCloseTo(0.6, within(0.02));

            fake.cluster.publish(OWN, in(101, 1, 4, 5));
            fake.run();
            assertThat(part(orders, "a")).isEqualTo(1);

            fake.cluster.publish(OWN);
            fake.run();
            assertThat(part(orders, "a")).isCloseTo(0.2, within(0.02));
        }
    }

    @Test
    void the_own_service_is_watched_while_a_balancer_asks_for_it() {
        try (FakeMesh fake = mesh(new Locality(null, "a"))) {
            LoadBalancer plain = fake.mesh.service(ORDERS);
            fake.orders(in(1, 2, 3, 5));
            assertThat(fake.cluster.resolvers()).isEqualTo(1);
            LoadBalancer aware = fake.mesh.service(ZONE_AWARE);
            LoadBalancer other = fake.mesh.service(ZONE_AWARE + "&policy=rr");
            fake.run();
            assertThat(fake.cluster.resolvers()).isEqualTo(4);
            aware.close();
            fake.run();
            assertThat(fake.cluster.resolvers()).isEqualTo(3);
            other.close();
            fake.run();
            assertThat(fake.cluster.resolvers()).isEqualTo(1);
            plain.close();
            fake.mesh.service(ZONE_AWARE);
            fake.run();
        } // Closing the mesh leaves no resolver behind, as the fixture looks for.
    }

    @Test
    void an_own_service_that_nothing_resolves_fails_when_the_mesh_is_built() {
        assertThatThrownBy(() -> Mesh.builder().self("nowhere:///checkout").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("self: 'nowhere:///checkout'");
    }

    @Test
    void a_zone_that_is_not_known_is_said_once_and_an_own_endpoint_tells_it() {
        try (HeardLog log = new HeardLog();
                FakeMesh fake = mesh(Locality.UNKNOWN)) {
            LoadBalancer orders = fake.mesh.service(ZONE_AWARE);
            fake.orders(in(1, 2, 3, 5));
            assertThat(log.lines("the zone of this process is not known")).isEmpty();
            for (int i = 1; i < 4; i++) {
                fake.cluster.publish(OWN, in(101, i, 3, 2));
                fake.run();
            }
            assertThat(log.lines("the zone of this process is not known")).hasSize(1);
            assertThat(part(orders, "a")).isCloseTo(0.2, within(0.02));
        }
    }

    @Test
    @DisplayName("design 5: without an own service zone-aware is off, with one log line")
    void without_an_own_service_it_is_off() {
        try (HeardLog log = new HeardLog();
                FakeMesh fake = new FakeMesh(builder -> builder.locality(new Locality("n0", "a")))) {
            LoadBalancer orders = fake.mesh.service(ZONE_AWARE);
            fake.mesh.service(ZONE_AWARE + "&policy=rr");
            fake.orders(in(1, 2, 3, 5));
            assertThat(part(orders, "c")).isPositive();
            assertThat(log.lines("the own service is not known")).hasSize(1);
        }
    }

    @Test
    @DisplayName("5.17: weights of zones by annotation, changed live")
    void weights_of_zones() {
        try (FakeMesh fake = mesh(Locality.UNKNOWN)) {
            LoadBalancer orders = fake.mesh.service(ORDERS);
            fake.orders(
                    FakeMesh.FACTS.withAnnotations(
                            Map.of("locality.mode", "weighted", "locality.weights", "a=3,b=1,c=0")),
                    in(1, 1, 4, 4));
            assertThat(part(orders, "a")).isCloseTo(0.75, within(0.02));
            assertThat(part(orders, "c")).isZero();
            fake.orders(
                    FakeMesh.FACTS.withAnnotations(Map.of("locality.mode", "weighted", "locality.weights", "c=1,a=0")),
                    in(1, 1));
            assertThat(FakeMesh.rejection(orders).text()).contains("all quiesced", "locality.weights");
            fake.clock.advance(Duration.ofSeconds(1));
        }
    }
}
