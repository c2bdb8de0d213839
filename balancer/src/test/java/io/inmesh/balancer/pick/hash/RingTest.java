package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RingTest {

    private static String[] keys(List<EndpointView> endpoints) {
        return endpoints.stream().map(e -> e.endpoint().hashKey()).toArray(String[]::new);
    }

    @Test
    @DisplayName("TV-RING-1")
    void xds_sizes() {
        assertThat(RingSizing.xds(new double[] {1, 1, 1}, 1_024, 4_096)).containsExactly(342, 342, 342);
        assertThat(RingSizing.xds(new double[] {1, 2}, 1_024, 4_096)).containsExactly(342, 684);
        assertThat(RingSizing.xds(new double[] {1, 2}, 3, 4_096)).containsExactly(1, 2);
    }

    @Test
    @DisplayName("TV-RING-2")
    void five_keys_on_a_ring_of_twelve_points() {
        List<EndpointView> three = Hashed.equal(3);
        Ring ring = new Ring(keys(three), new int[] {4, 4, 4});
        assertThat(Stream.of("a", "b", "c", "d", "user-1")
                        .map(key -> String.valueOf((char) ('A' + ring.owner(XxHash64.hash(key)))))
                        .collect(Collectors.joining()))
                .isEqualTo("CCCBC");
    }

    @Test
    @DisplayName("TV-RING-3: a locality's weight is multiplied into its endpoints' weights")
    void points_follow_the_product_of_weights() {
        // Localities 3 {A:2, B:1} and 2 {C:3, D:1}: whoever multiplies, the ring takes the product as it comes.
        double[] product = {3 * 2, 3 * 1, 2 * 3, 2 * 1};
        assertThat(product).containsExactly(6, 3, 6, 2);
        assertThat(RingSizing.fixed(new double[] {6, 3, 6, 2})).containsExactly(768, 384, 768, 256);
        assertThat(RingSizing.xds(product, 17, 4_096)).containsExactly(6, 3, 6, 2);
    }

    @Test
    @DisplayName("TV-RING-4")
    void only_the_keys_of_the_one_that_leaves_move() {
        List<EndpointView> ten = Hashed.equal(10);
        List<String> before = Hashed.owners(Hashed.picker(new RingHash(), ten), 30_000);
        for (int leaver = 0; leaver < 10; leaver++) {
            String left = ten.get(leaver).endpoint().address();
            List<String> after = Hashed.owners(Hashed.picker(new RingHash(), Hashed.without(ten, leaver)), 30_000);
            assertThat(Hashed.movedNeedlessly(before, after, left)).isZero();
            assertThat(after).doesNotContain(left);
            assertThat(before).contains(left);
        }
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName(
            "5.10: fixed, weighted: removal moves the removed one's keys alone; addition and more weight only take")
    void an_endpoint_of_any_weight_that_leaves_moves_only_its_own_keys(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int keys = 3_000;
        for (int round = 0; round < 10; round++) {
            // Often with a divisor that only one of them does not have; fractions are what slow start makes.
            double[] weights = random.ints(8, 1, 5).mapToDouble(i -> 4.0 * i).toArray();
            int changed = random.nextInt(8);
            weights[changed] = random.nextBoolean() ? 1 : 0.1 + random.nextDouble();
            List<EndpointView> all = Hashed.endpoints(weights);
            String address = all.get(changed).endpoint().address();
            List<String> before = Hashed.owners(Hashed.picker(new RingHash(), all), keys);
            List<String> without = Hashed.owners(Hashed.picker(new RingHash(), Hashed.without(all, changed)), keys);
            assertThat(Hashed.movedNeedlessly(before, without, address))
                    .as("round %d, removed", round)
                    .isZero();
            assertThat(without).doesNotContain(address);
            weights[changed] *= 2;
            List<String> heavier = Hashed.owners(Hashed.picker(new RingHash(), Hashed.endpoints(weights)), keys);
            for (int key = 0; key < keys; key++) {
                assertThat(heavier.get(key)).as("key %d", key).isIn(before.get(key), address);
            }
        }
    }

    @Test
    @DisplayName("5.10: under xds more keys move than must, which is why fixed is the default")
    void the_known_flaw_of_xds_sizing() {
        List<EndpointView> ten = Hashed.equal(10);
        RingHash xds = (RingHash) new RingHash().with(Map.of("sizing", "xds"));
        List<String> before = Hashed.owners(Hashed.picker(xds, ten), 30_000);
        List<String> after = Hashed.owners(Hashed.picker(xds, Hashed.without(ten, 4)), 30_000);
        long needless =
                Hashed.movedNeedlessly(before, after, ten.get(4).endpoint().address());
        assertThat(needless / 30_000.0).isBetween(0.04, 0.13);
    }

    @Test
    @DisplayName("Section 9: points are in unsigned order; against a sorted map of unsigned numbers")
    void every_hash_belongs_to_the_first_point_behind_it_in_unsigned_order() {
        List<EndpointView> endpoints = Hashed.endpoints(1, 2, 3, 1, 1);
        int[] counts = RingSizing.fixed(new double[] {1, 2, 3, 1, 1});
        Ring ring = new Ring(keys(endpoints), counts);
        TreeMap<Long, Integer> model = new TreeMap<>(Long::compareUnsigned);
        for (int i = 0; i < counts.length; i++) {
            for (int point = 0; point < counts[i]; point++) {
                model.put(XxHash64.hash(keys(endpoints)[i] + "_" + point), i);
            }
        }
        assertThat(ring.size()).isEqualTo(8 * 128).isEqualTo(model.size());
        SplittableRandom random = new SplittableRandom(Hashed.SEED);
        for (int i = 0; i < 100_000; i++) {
            long hash = i < 4 ? new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}[i] : random.nextLong();
            Map.Entry<Long, Integer> behind = model.ceilingEntry(hash);
            int expected = behind == null ? model.firstEntry().getValue() : behind.getValue();
            assertThat(ring.owner(hash)).as("seed %d, %x", Hashed.SEED, hash).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("5.10: of 10 endpoints at 128 points the busiest has no more than 1.35 times the mean")
    void arcs_are_balanced() {
        int keys = 50_000;
        Map<String, Long> counts = Hashed.owners(Hashed.picker(new RingHash(), Hashed.equal(10)), keys).stream()
                .collect(Collectors.groupingBy(owner -> owner, Collectors.counting()));
        assertThat(counts).hasSize(10);
        assertThat(counts.values()).allMatch(count -> count < 1.35 * keys / 10);
    }

    @Test
    void a_ring_stays_below_a_million_points_whatever_the_weights() {
        double[] weights = new double[3_000];
        Arrays.fill(weights, 7);
        weights[0] = 1 << 20;
        int[] counts = RingSizing.fixed(weights);
        assertThat(Arrays.stream(counts).sum()).isLessThanOrEqualTo((1 << 20) + 3_000);
        assertThat(Arrays.stream(counts)).allMatch(count -> count > 0);
    }

    @Test
    void a_repeat_walks_on_to_the_next_endpoint_on_the_ring() {
        List<EndpointView> three = Hashed.equal(3);
        Ring ring = new Ring(keys(three), new int[] {1, 1, 1});
        Picker picker = new HashedPicker(three.toArray(EndpointView[]::new), ring, new SplittableRandom(Hashed.SEED));
        PickContext context = PickContext.NONE.withKey("k");
        StringBuilder walk = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            EndpointView chosen = (EndpointView) picker.choose(context);
            walk.append(three.indexOf(chosen));
            context = context.withTried(chosen.endpoint());
        }
        // Points in unsigned order make one circle; the walk is that circle from the key's owner on.
        String circle = three.stream()
                .sorted((a, b) -> Long.compareUnsigned(point(a), point(b)))
                .map(view -> String.valueOf(three.indexOf(view)))
                .collect(Collectors.joining());
        assertThat(circle + circle).contains(walk);
    }

    private static long point(EndpointView view) {
        return XxHash64.hash(view.endpoint().hashKey() + "_0");
    }

    @Test
    void fewer_points_than_endpoints_leave_none_unreachable_by_repeats() {
        List<EndpointView> many = Hashed.equal(40);
        Picker picker = Hashed.picker(new RingHash(RingSizing.XDS, 1, 8, 0), many);
        PickContext context = PickContext.NONE.withKey("k");
        for (int i = 0; i < 40; i++) {
            EndpointView chosen = (EndpointView) picker.choose(context);
            assertThat(context.hasTried(chosen.endpoint())).isFalse();
            context = context.withTried(chosen.endpoint());
        }
    }
}
