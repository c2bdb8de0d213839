package io.inmesh.balancer.pick.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MaglevTest {
    private static final int M = 65_537;

    private static int[] table(int size, List<EndpointView> endpoints) {
        return MaglevTable.of(size, Keys.of(endpoints, 0), Keys.of(endpoints, 1))
                .fillByTarget(
                        endpoints.stream().mapToDouble(EndpointView::weight).toArray());
    }

    @Test
    @DisplayName("TV-MH-1, TV-MH-2: the paper's example")
    void three_endpoints_over_seven_slots_and_two_of_them() {
        assertThat(Hashed.letters(new MaglevTable(7, new int[] {3, 0, 3}, new int[] {4, 2, 1})
                        .fillByTarget(new double[] {1, 1, 1})))
                .isEqualTo("BABACCA");
        assertThat(Hashed.letters(new MaglevTable(7, new int[] {3, 3}, new int[] {4, 1})
                                .fillByTarget(new double[] {1, 1}))
                        .replace('B', 'C'))
                .isEqualTo("AAAACCC");
    }

    @Test
    @DisplayName("TV-MH-3")
    void slots_are_in_proportion_to_weight() {
        assertThat(Hashed.counts(table(M, Hashed.endpoints(1, 2)), 2)).containsExactly(21_846, 43_691);
    }

    @Test
    @DisplayName("TV-MH-4")
    void three_addresses_over_thirteen_slots() {
        List<EndpointView> three = Hashed.equal(3);
        long[] offsets = Keys.of(three, 0);
        long[] skips = Keys.of(three, 1);
        assertThat(Arrays.stream(offsets).map(hash -> Long.remainderUnsigned(hash, 13)))
                .containsExactly(8L, 5L, 10L);
        assertThat(Arrays.stream(skips).map(hash -> Long.remainderUnsigned(hash, 12) + 1))
                .containsExactly(9L, 10L, 1L);
        assertThat(Hashed.letters(table(13, three))).isEqualTo("ACBCABBAAACCB");
    }

    @Test
    @DisplayName("5.9: equal weights get floor(M/n) or ceil(M/n) slots")
    void equal_weights_differ_by_one_slot_at_most() {
        for (int n : new int[] {1, 2, 3, 10, 100, 655, 1000}) {
            int[] counts = Hashed.counts(table(M, Hashed.equal(n)), n);
            assertThat(Arrays.stream(counts)).as("n %d", n).allMatch(count -> count == M / n || count == M / n + 1);
        }
    }

    @Test
    @DisplayName("5.9: removing 1 of 100 changes at most 1/n + 0.01 of the slots")
    void few_slots_change_when_one_of_a_hundred_leaves() {
        List<EndpointView> all = Hashed.equal(100);
        int[] before = table(M, all);
        for (int leaver : new int[] {0, 37, 99}) {
            int[] after = table(M, Hashed.without(all, leaver));
            int changed = 0;
            for (int slot = 0; slot < M; slot++) {
                int now = after[slot] >= leaver ? after[slot] + 1 : after[slot];
                changed += now == before[slot] ? 0 : 1;
            }
            assertThat((double) changed / M).as("without %d", leaver).isBetween(0.01, 0.02);
        }
    }

    /** Round by round, as the rule says it. */
    private static int[] naive(int size, List<EndpointView> endpoints) {
        double[] weights = endpoints.stream().mapToDouble(EndpointView::weight).toArray();
        double heaviest = Arrays.stream(weights).max().orElseThrow();
        long[] offsets = Keys.of(endpoints, 0);
        long[] skips = Keys.of(endpoints, 1);
        Integer[] owners = new Integer[size];
        double[] targets = new double[weights.length];
        int[] preference = new int[weights.length];
        int filled = 0;
        for (long round = 1; filled < size; round++) {
            for (int i = 0; i < weights.length && filled < size; i++) {
                if (round * weights[i] < targets[i]) {
                    continue;
                }
                targets[i] += heaviest;
                long offset = Long.remainderUnsigned(offsets[i], size);
                long skip = Long.remainderUnsigned(skips[i], size - 1) + 1;
                int slot;
                do {
                    slot = (int) ((offset + preference[i]++ * skip) % size);
                } while (owners[slot] != null);
                owners[slot] = i;
                filled++;
            }
        }
        return Arrays.stream(owners).mapToInt(i -> i).toArray();
    }

    @Test
    @DisplayName("5.9: the table of a naive model")
    void the_table_is_that_of_a_naive_model() {
        List<EndpointView> endpoints = Hashed.endpoints(1, 3, 2, 7, 1, 1, 5);
        assertThat(table(1_009, endpoints)).containsExactly(naive(1_009, endpoints));
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName("5.9: the table of a naive model, whatever the weights")
    void the_table_is_that_of_a_naive_model_on_random_weights(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 60; round++) {
            int n = random.nextInt(1, 40);
            boolean whole = random.nextBoolean();
            double most = Math.exp(random.nextDouble(0, 8));
            double[] weights = random.doubles(n, 0.1, most + 1)
                    .map(weight -> whole ? Math.ceil(weight) : weight)
                    .toArray();
            List<EndpointView> endpoints = Hashed.endpoints(weights);
            assertThat(table(1_009, endpoints)).as(Arrays.toString(weights)).containsExactly(naive(1_009, endpoints));
        }
    }

    @Test
    @DisplayName("5.9: about size * ln size steps, whatever the weights: not rounds times endpoints")
    void one_heavy_endpoint_among_many_light_ones_costs_no_more() {
        double[] weights = new double[10_000];
        Arrays.fill(weights, 1);
        weights[4_711] = 10_000;
        List<EndpointView> endpoints = Hashed.endpoints(weights);
        MaglevTable table = MaglevTable.of(M, Keys.of(endpoints, 0), Keys.of(endpoints, 1));
        int[] owners = table.fillByTarget(weights);
        assertThat(Hashed.counts(owners, weights.length)[4_711]).isBetween(M / 2 - 10_000, M - 10_000);
        assertThat(table.steps()).isLessThan((long) (3 * M * Math.log(M)));
    }

    @Test
    @DisplayName("5.9: IPVS gives weight / gcd turns in a row, large ones shifted to fit")
    void ipvs_turns() {
        assertThat(DestinationHash.ipvsTurns(new long[] {1, 2, 3}, 4_093)).containsExactly(1, 2, 3);
        // 4093 has 12 bits: turns of up to 6 bits.
        assertThat(DestinationHash.ipvsTurns(new long[] {1, 63}, 4_093)).containsExactly(1, 63);
        assertThat(DestinationHash.ipvsTurns(new long[] {1, 64}, 4_093)).containsExactly(1, 32);
        assertThat(DestinationHash.ipvsTurns(new long[] {1, 1 << 20}, 4_093)).containsExactly(1, 32);

        List<EndpointView> endpoints = Hashed.endpoints(1, 2, 3);
        int[] owners = MaglevTable.of(4_093, Keys.of(endpoints, 0), Keys.of(endpoints, 1))
                .fillByTurns(new int[] {1, 2, 3});
        assertThat(Hashed.counts(owners, 3)).containsExactly(683, 1364, 2046);
    }

    @Test
    void a_key_stays_and_a_repeat_goes_to_one_and_the_same_other() {
        Picker picker = Hashed.picker(new DestinationHash(), Hashed.equal(10));
        for (int key = 0; key < 200; key++) {
            PickContext context = PickContext.NONE.withKey("key-" + key);
            EndpointView owner = (EndpointView) picker.choose(context);
            assertThat(picker.choose(context)).isSameAs(owner);
            PickContext again = context.withTried(owner.endpoint());
            EndpointView second = (EndpointView) picker.choose(again);
            assertThat(second).isNotSameAs(owner);
            assertThat(picker.choose(again)).isSameAs(second);
        }
    }

    @Test
    @DisplayName("5.9: the owner's keys spread over all others")
    void the_repeats_of_one_owners_keys_spread_over_the_others() {
        List<EndpointView> endpoints = Hashed.equal(10);
        Picker picker = Hashed.picker(new DestinationHash(), endpoints);
        PickContext tried = PickContext.NONE.withTried(endpoints.get(0).endpoint());
        long seconds = IntStream.range(0, 2_000)
                .mapToObj(key -> "key-" + key)
                .filter(key -> Hashed.owner(picker, key) == endpoints.get(0))
                .map(key -> picker.choose(tried.withKey(key)))
                .distinct()
                .count();
        assertThat(seconds).isEqualTo(9);
    }

    @Test
    void more_endpoints_than_slots_are_all_reached_by_repeats() {
        List<EndpointView> endpoints = Hashed.equal(20);
        Picker picker = Hashed.picker(new DestinationHash(DestinationHash.Table.MAGLEV, 7, 0), endpoints);
        PickContext context = PickContext.NONE.withKey("k");
        for (int i = 0; i < 20; i++) {
            EndpointView chosen = (EndpointView) picker.choose(context);
            assertThat(context.hasTried(chosen.endpoint())).isFalse();
            context = context.withTried(chosen.endpoint());
        }
    }

    @Test
    void a_size_that_is_no_prime_is_refused_with_what_would_do() {
        assertThatThrownBy(() -> new DestinationHash().with(Map.of("size", "65536")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("destination-hash.size: 65536")
                .hasMessageContaining("65537");
        assertThatThrownBy(() -> new DestinationHash().with(Map.of("load-factor", "0.9")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("destination-hash.load-factor: '0.9' (expected: a number from 1.0");
        assertThat(new DestinationHash().with(Map.of("table", "IPVS", "size", "251", "load-factor", "1.5")))
                .hasToString("destination-hash[ipvs, size 251, load-factor 1.5]");
    }
}
