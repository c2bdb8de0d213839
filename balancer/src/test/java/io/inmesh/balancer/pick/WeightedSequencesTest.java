package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact sequences of weighted round robin, against their vectors and against naive models. */
class WeightedSequencesTest {
    private static final long SEED = 5_301;

    private static long[] weights(long... weights) {
        return weights;
    }

    private static String turns(IntSupplier sequence, int picks) {
        return IntStream.range(0, picks)
                .mapToObj(i -> String.valueOf((char) ('A' + sequence.getAsInt())))
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @MethodSource("io.inmesh.balancer.testing.Seeds#all")
    @DisplayName("5.3: in each round every endpoint has as many turns as weight, in the sequences of ipvs and nginx")
    void each_round_gives_turns_by_weight(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int repeat = 0; repeat < 50; repeat++) {
            long[] weights = random.longs(1 + random.nextInt(8), 1, 20).toArray();
            int round = (int) Arrays.stream(weights).sum();
            for (WeightedSequence sequence : List.of(new LevelSequence(weights), new SmoothSequence(weights))) {
                long[] turns = new long[weights.length];
                for (int i = 0; i < 2 * round; i++) {
                    turns[sequence.next()]++;
                }
                assertThat(turns)
                        .as("%s", sequence.getClass().getSimpleName())
                        .isEqualTo(
                                Arrays.stream(weights).map(weight -> 2 * weight).toArray());
            }
        }
    }

    @Test
    @DisplayName("TV-WRR-1: ipvs")
    void ipvs_takes_bursts_of_the_heaviest() {
        assertThat(turns(new LevelSequence(weights(4, 3, 2))::next, 27)).isEqualTo("AABABCABC".repeat(3));
        assertThat(turns(new LevelSequence(weights(5, 1, 1))::next, 7)).isEqualTo("AAAAABC");
    }

    @Test
    @DisplayName("TV-WRR-2: smooth")
    void smooth_spreads_turns_and_comes_back_to_where_it_began() {
        SmoothSequence five = new SmoothSequence(weights(5, 1, 1));
        assertThat(turns(five::next, 7)).isEqualTo("AABACAA");
        assertThat(IntStream.range(0, 3).mapToLong(five::credit)).containsOnly(0L);
        assertThat(turns(new SmoothSequence(weights(4, 3, 2))::next, 9)).isEqualTo("ABCABACBA");
        assertThat(turns(new SmoothSequence(weights(3, 2, 1))::next, 6)).isEqualTo("ABACBA");
    }

    @Test
    @DisplayName("TV-WRR-3: edf")
    void earliest_deadline_first_breaks_ties_in_the_order_of_waiting() {
        assertThat(turns(new DeadlineSequence(weights(5, 1, 1))::next, 14)).isEqualTo("AAAABCAAAAABCA");
    }

    @Test
    @DisplayName("5.3: edf against a list of exact fractions that is searched anew for every turn")
    void earliest_deadline_first_takes_the_turns_of_a_naive_model() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 50; round++) {
            long[] weights = random.longs(2 + round % 12, 1, 30).toArray();
            DeadlineSequence sequence = new DeadlineSequence(weights);
            long common = LongStream.of(weights).reduce(1, (a, b) -> a / gcd(a, b) * b);
            // Deadlines in units of 1 / common, so that they are whole.
            long[] deadlines = new long[weights.length];
            long[] stamps = new long[weights.length];
            for (int i = 0; i < weights.length; i++) {
                deadlines[i] = common / weights[i];
                stamps[i] = i;
            }
            for (int turn = 0; turn < 500; turn++) {
                int due = 0;
                for (int i = 1; i < weights.length; i++) {
                    if (deadlines[i] < deadlines[due] || (deadlines[i] == deadlines[due] && stamps[i] < stamps[due])) {
                        due = i;
                    }
                }
                assertThat(sequence.next())
                        .as("seed %d, weights %s, turn %d", SEED, Arrays.toString(weights), turn)
                        .isEqualTo(due);
                deadlines[due] += common / weights[due];
                stamps[due] = (long) weights.length + turn;
            }
        }
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static double worstLag(long[] weights, IntSupplier sequence, int turns) {
        double total = LongStream.of(weights).sum();
        int[] counts = new int[weights.length];
        double worst = 0;
        for (int turn = 1; turn <= turns; turn++) {
            counts[sequence.getAsInt()]++;
            for (int i = 0; i < weights.length; i++) {
                worst = Math.max(worst, Math.abs(counts[i] - turn * weights[i] / total));
            }
        }
        return worst;
    }

    @Test
    @DisplayName("5.3: how far a count may be from its share")
    void counts_stay_near_their_shares() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 40; round++) {
            long[] weights = random.longs(2 + round % 20, 1, 100).toArray();
            String as = "seed " + SEED + ", " + Arrays.toString(weights);
            assertThat(worstLag(weights, new SmoothSequence(weights)::next, 3_000))
                    .as("smooth, %s", as)
                    .isLessThanOrEqualTo(1.0 + 1e-9);
            assertThat(worstLag(weights, new LevelSequence(weights)::next, 3_000))
                    .as("ipvs, %s", as)
                    .isLessThanOrEqualTo((double) Arrays.stream(weights).max().orElseThrow());
        }
    }

    @Test
    void every_sequence_gives_each_endpoint_its_weight_in_a_whole_cycle() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 30; round++) {
            long[] weights = random.longs(2 + round % 9, 1, 50).toArray();
            int cycle = (int) LongStream.of(weights).sum();
            for (Function<long[], WeightedSequence> kind : List.<Function<long[], WeightedSequence>>of(
                    SmoothSequence::new, DeadlineSequence::new, LevelSequence::new)) {
                WeightedSequence sequence = kind.apply(weights);
                long[] counts = new long[weights.length];
                for (int turn = 0; turn < 3 * cycle; turn++) {
                    counts[sequence.next()]++;
                }
                for (int i = 0; i < weights.length; i++) {
                    // Deadlines that fall together on the end of a cycle may pass it by one turn.
                    assertThat(counts[i]).isBetween(3 * weights[i] - 1, 3 * weights[i] + 1);
                }
            }
        }
    }

    @Test
    @DisplayName("Section 9: weights 1 and 1000003 cost no array of their sum, and the light one has its turn")
    void a_dwarf_beside_a_giant_has_its_turn_once_in_a_cycle() {
        for (WeightedSequence sequence : List.of(
                new SmoothSequence(weights(1, 1_000_003)),
                new DeadlineSequence(weights(1, 1_000_003)),
                new LevelSequence(weights(1, 1_000_003)))) {
            int light = 0;
            for (int turn = 0; turn < 3 * 1_000_004; turn++) {
                light += sequence.next() == 0 ? 1 : 0;
            }
            assertThat(light).as(sequence.getClass().getSimpleName()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("C3: under constant change nobody is passed over")
    void a_light_endpoint_has_its_turns_though_the_set_changes_every_few_picks() {
        for (WeightedRoundRobin.Sequence kind : WeightedRoundRobin.Sequence.values()) {
            double[] shape = {1, 40, 40, 19};
            List<EndpointView> all = TestEndpoints.members(shape);
            List<EndpointView> fewer = all.subList(0, 3);
            PickerFactory policy = new WeightedRoundRobin(kind);
            Picker picker = null;
            int light = 0;
            for (int revision = 0; revision < 2_000; revision++) {
                picker = policy.newPicker(new PickerFactory.Input(
                        revision % 2 == 0 ? all : fewer, new SplittableRandom(SEED), new FakeClock(), picker));
                for (int i = 0; i < 10; i++) {
                    light += picker.choose(PickContext.NONE) == all.get(0) ? 1 : 0;
                }
            }
            // 20000 picks, of which it is due one in 100 while all are there, one in 81 while one is not: 223. Stride
            // counts it as a tenth of the mean: 541.
            int due = kind == WeightedRoundRobin.Sequence.STRIDE ? 541 : 223;
            assertThat(light).as("%s", kind).isBetween(due / 2, due * 3 / 2);
        }
    }

    @Test
    @DisplayName("C10: fresh exact sequences begin at different turns")
    void clients_started_together_do_not_march_in_step() {
        List<EndpointView> endpoints = TestEndpoints.members(
                IntStream.rangeClosed(1, 50).mapToDouble(i -> i).toArray());
        for (WeightedRoundRobin.Sequence kind : WeightedRoundRobin.Sequence.values()) {
            long different = IntStream.range(0, 40)
                    .mapToObj(client -> new WeightedRoundRobin(kind)
                            .newPicker(new PickerFactory.Input(
                                    endpoints, new SplittableRandom(SEED + client), new FakeClock(), null))
                            .choose(PickContext.NONE))
                    .distinct()
                    .count();
            // Of IPVS's bursts the first fifty turns belong to the ten heaviest.
            assertThat(different).as("%s", kind).isGreaterThan(kind == WeightedRoundRobin.Sequence.IPVS ? 4 : 10);
        }
    }
}
