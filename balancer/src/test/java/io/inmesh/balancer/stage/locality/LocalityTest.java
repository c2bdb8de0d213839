package io.inmesh.balancer.stage.locality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.testing.Placed;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LocalityTest {
    private static final Locality HERE = new Locality("n1", "a");
    private static final int MIN_ENDPOINTS = 6;

    static LongStream seeds() {
        return Seeds.all();
    }

    private static Layout.Priority first(Layout layout) {
        return layout.priorities().get(0);
    }

    private static double tier(Placed placed, double spillFactor, String tier) {
        return Placed.percent(first(placed.through(new Tiers(HERE), new NearestTier(spillFactor))), tier);
    }

    /** Peers or endpoints in zones a, b, c ..., so many in each. */
    private static List<Endpoint> peers(int... counts) {
        List<Endpoint> peers = new ArrayList<>();
        for (int zone = 0; zone < counts.length; zone++) {
            for (int i = 0; i < counts[zone]; i++) {
                peers.add(TestEndpoints.endpoint(peers.size()).withLocality(new Locality(null, name(zone))));
            }
        }
        return peers;
    }

    private static Placed upstream(int... counts) {
        Placed placed = new Placed();
        for (int zone = 0; zone < counts.length; zone++) {
            placed.in(name(zone), counts[zone]);
        }
        return placed;
    }

    private static String name(int zone) {
        return String.valueOf((char) ('a' + zone));
    }

    private static Layout zoneAware(Placed upstream, List<Endpoint> peers) {
        return upstream.through(Zones.inFirst(), new ZoneAware(peers, "a", MIN_ENDPOINTS, 100));
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }

    @Test
    @DisplayName("5.15: the node if anyone is there, else the zone, else all")
    void the_nearest_tier_gets_everything() {
        Placed placed = new Placed().on("n9", "c", 0);
        assertThat(tier(placed, 0, Tiers.REST)).isEqualTo(100);
        placed.on("n2", "a", 0).on("n3", "a", 0);
        assertThat(tier(placed, 0, Tiers.ZONE)).isEqualTo(100);
        placed.on("n1", "a", 0);
        assertThat(tier(placed, 0, Tiers.NODE)).isEqualTo(100);
    }

    @Test
    @DisplayName("5.15: what is quiesced holds no tier")
    void a_tier_of_quiesced_endpoints_is_nobody() {
        Placed placed = new Placed().on("n2", "a", 0);
        placed.add("n1", "a", 0);
        assertThat(tier(placed, 2, Tiers.ZONE)).isEqualTo(100);
    }

    @Test
    @DisplayName("5.15: strict leaves the node's endpoints and nobody else's")
    void strict() {
        Placed placed = new Placed().on("n1", "a", 0).on("n2", "a", 0);
        placed.add(null, null, 1);
        assertThat(placed.through(new OnlyThisNode("n1")).serving()).hasSize(1);
        assertThat(placed.through(new OnlyThisNode("n3")).isEmpty()).isTrue();
        assertThat(placed.through(new OnlyThisNode(null)).isEmpty()).isTrue();
    }

    @Test
    void what_is_not_known_is_not_near() {
        Placed placed = new Placed();
        placed.add(null, null, 1);
        Layout layout = placed.through(new Tiers(Locality.UNKNOWN), NearestTier.neverSpilling());
        assertThat(Placed.percent(first(layout), Tiers.REST)).isEqualTo(100);
        Layout zoneOnly = new Placed().on("n1", "a", 0).through(new Tiers(new Locality(null, "a")));
        assertThat(zoneOnly.priorities().get(0).groups().get(1).candidates()).hasSize(1);
    }

    @Test
    @DisplayName("5.15: no remote pick up to the line where spilling begins: mean here = factor x mean there + 1")
    void spilling_begins_at_the_line() {
        Placed idle = new Placed().on("n1", "a", 0).on("n2", "a", 0);
        assertThat(tier(idle, 2, Tiers.NODE)).isEqualTo(100);
        Placed one = new Placed().on("n1", "a", 1).on("n2", "a", 0);
        assertThat(tier(one, 2, Tiers.NODE)).isEqualTo(100);
        Placed two = new Placed().on("n1", "a", 2).on("n2", "a", 0);
        // Of two requests here may keep (2 * 2 + 1) / 3.
        assertThat(tier(two, 2, Tiers.NODE)).isCloseTo(100 * 5 / 6.0, within(1e-9));
        assertThat(tier(two, 2, Tiers.ZONE)).isCloseTo(100 / 6.0, within(1e-9));
        assertThat(tier(two, 0, Tiers.NODE)).as("0 = never").isEqualTo(100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("5.15, property: the shares are those with which the means stand on the line")
    void shares_stand_on_the_line(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            int here = random.nextInt(1, 6);
            int there = random.nextInt(1, 20);
            double factor = random.nextDouble(0.1, 5);
            int together = 0;
            Placed placed = new Placed();
            for (int i = 0; i < here + there; i++) {
                int inFlight = random.nextInt(8);
                together += inFlight;
                placed.on(i < here ? "n1" : "n2", "b", inFlight);
            }
            // What runs on the quiesced is not of those that share.
            placed.quiesced("n1", "b", random.nextInt(20)).quiesced("n2", "b", random.nextInt(20));
            double share = tier(placed, factor, Tiers.NODE) / 100;
            double meanHere = share * together / here;
            double meanThere = (1 - share) * together / there;
            if (together <= here) {
                assertThat(share).isEqualTo(1);
            } else {
                assertThat(meanHere).isCloseTo(factor * meanThere + 1, within(1e-9));
            }
        }
    }

    @Test
    @DisplayName("5.15: only what could spill is looked at again, after 100 ms")
    void holds_only_while_it_could_spill() {
        Placed near = new Placed().on("n1", "a", 5);
        Stage spilling = new NearestTier(2);
        assertThat(near.through(new Tiers(HERE), spilling).holds()).isNull();
        near.on("n2", "b", 0);
        assertThat(near.through(new Tiers(HERE), spilling).holds()).isEqualTo(NearestTier.SHARE_HOLDS);
        assertThat(near.through(new Tiers(HERE), NearestTier.neverSpilling()).holds())
                .isNull();
    }

    @ParameterizedTest(name = "{0}: callers {1}, endpoints {2} -> {3}")
    @CsvSource({
        "TV-ZONE-1, 2 2 2, 1 2 3, 49.98 0 50.02",
        "TV-ZONE-2, 3 3 3, 4 3 2, 100 0 0",
        "TV-ZONE-3, 5 3 2, 2 3 5, 40 0 60",
    })
    void vectors_of_zones(String id, String callers, String endpoints, String expected) {
        Layout layout = zoneAware(upstream(numbers(endpoints)), peers(numbers(callers)));
        String[] shares = expected.split(" ", -1);
        for (int zone = 0; zone < shares.length; zone++) {
            assertThat(Placed.percent(first(layout), name(zone)))
                    .as(id + " zone " + name(zone))
                    .isCloseTo(Double.parseDouble(shares[zone]), within(1e-9));
        }
    }

    @Test
    @DisplayName(
            "5.16: off with few endpoints, few zones, none at home, in panic; then the set is one again, in canonical order")
    void zone_aware_is_off_where_it_cannot_work() {
        List<Endpoint> peers = peers(2, 2, 2);
        assertPlain(upstream(1, 2, 2), peers);
        assertPlain(upstream(7), peers);
        assertPlain(upstream(0, 3, 3), peers);
        assertPlain(new Placed().in("a", 3, 2).in("b", 4), peers);
        assertThat(ZoneAware.canWork(peers, "a")).isTrue();
        assertThat(ZoneAware.canWork(peers, null)).isFalse();
        assertThat(ZoneAware.canWork(peers(6), "a")).isFalse();
        assertThat(ZoneAware.canWork(List.of(), "a")).isFalse();
        assertThat(zoneAware(upstream(2, 2, 2), peers).priorities().get(0).groups())
                .hasSize(3);
    }

    private static void assertPlain(Placed upstream, List<Endpoint> peers) {
        List<Layout.Group> groups = first(zoneAware(upstream, peers)).groups();
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).candidates())
                .isEqualTo(Layout.of(upstream.members()).candidates());
    }

    @Test
    @DisplayName("5.16: at 25 % three of four requests go as if there were no zones")
    void a_part_of_the_requests_looks_at_zones() {
        Layout layout =
                upstream(4, 3, 3).through(Zones.inFirst(), new ZoneAware(peers(1, 1, 1), "a", MIN_ENDPOINTS, 25));
        assertThat(Placed.percent(first(layout), "a")).isCloseTo(25 + 75 * 0.4, within(1e-9));
        assertThat(Placed.percent(first(layout), "b")).isCloseTo(75 * 0.3, within(1e-9));
    }

    /**
     * The property holds where zones are at least two on both sides, each zone with callers has endpoints, and there are six endpoints or more.
     * Cutting to 1/10000 loses less than that in each part, so it takes zones of some size to stay within 1 %.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("5.16, property: every endpoint gets the same load within 1 % when callers send alike")
    void every_endpoint_gets_the_same_load(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            int zones = random.nextInt(2, 5);
            int[] callers = random.ints(zones, 0, 40).toArray();
            int[] endpoints = random.ints(zones, 5, 30).toArray();
            callers[0]++;
            callers[1]++;
            double[] load = new double[zones];
            int sent = 0;
            for (int own = 0; own < zones; own++) {
                long[] called = Arrays.stream(callers).asLongStream().toArray();
                double[] capacity = Arrays.stream(endpoints).asDoubleStream().toArray();
                double[] shares = ZoneShares.of(called, capacity, own);
                for (int zone = 0; zone < zones; zone++) {
                    load[zone] += callers[own] * shares[zone];
                }
                sent += callers[own];
            }
            int all = Arrays.stream(endpoints).sum();
            for (int zone = 0; zone < zones; zone++) {
                double each = load[zone] / endpoints[zone];
                assertThat(each / sent * all)
                        .as(
                                "zone %s of %s for %s, seed %d",
                                name(zone), Arrays.toString(endpoints), Arrays.toString(callers), seed)
                        .isCloseTo(1, within(0.01));
            }
        }
    }

    @Test
    @DisplayName("5.16: of unequal endpoints each gets load by its weight")
    void weights_count_as_capacity() {
        Placed placed = new Placed().in("b", 3).in("c", 2);
        placed.add(null, "a", 5);
        assertThat(Placed.percent(first(zoneAware(placed, peers(1, 1))), "a")).isEqualTo(100);
    }

    @ParameterizedTest(name = "TV-LOC-1: {0} % of the first healthy -> {1} %")
    @CsvSource({"100, 33.333", "70, 32.886", "50, 25.926", "25, 14.894", "0, 0"})
    void vectors_of_locality_weights(int healthy, double expected) {
        ZoneWeights weights = new ZoneWeights(Map.of("a", 1, "b", 2));
        Stage health = layout -> layout.mapGroups(group -> group.withHealthy(
                group.candidates().stream().filter(Layout.Candidate::isHealthy).toList()));
        Layout layout = new Placed()
                .in("a", 100, healthy)
                .in("b", 100)
                .through(weights.quiesced(), Zones.everywhere(), health, weights.shared(140));
        assertThat(Placed.percent(first(layout), "a")).isCloseTo(expected, within(0.001));
    }

    @Test
    @DisplayName(
            "5.17: zones that are not named weigh 1, those of weight 0 are quiesced, in panic zones are not looked at")
    void locality_weights_at_their_edges() {
        ZoneWeights weights = new ZoneWeights(Map.of("a", 3, "c", 0));
        Placed placed = new Placed().in("a", 1).in("b", 5).in("c", 9);
        placed.add(null, null, 1);
        Layout layout = placed.through(weights.quiesced(), Zones.everywhere(), weights.shared(140));
        assertThat(Placed.percent(first(layout), "a")).isCloseTo(60, within(1e-9));
        assertThat(Placed.percent(first(layout), "b")).isCloseTo(20, within(1e-9));
        assertThat(Placed.percent(first(layout), "c")).isZero();

        Layout panic = new Placed()
                .in("a", 2, 1)
                .in("b", 2, 0)
                .through(weights.quiesced(), Zones.everywhere(), weights.shared(140));
        assertThat(first(panic).groups()).hasSize(1);
        assertThat(panic.serving()).hasSize(4);
    }

    @Test
    @DisplayName("TV-RING-3: zone weights 3 {2, 1} and 2 {3, 1} are the raw products 6, 3, 6, 2")
    void keyed_policies_get_the_products() {
        Placed placed = new Placed();
        placed.add(null, "a", 2);
        placed.add(null, "a", 1);
        placed.add(null, "b", 3);
        placed.add(null, "b", 1);
        ZoneWeights weights = new ZoneWeights(Map.of("a", 3, "b", 2));
        Layout layout = placed.through(weights.quiesced(), weights.multiplied());
        assertThat(layout.serving()).extracting(Layout.Candidate::weight).containsExactly(6.0, 3.0, 6.0, 2.0);
        assertThat(first(layout).groups()).hasSize(1);
    }
}
