package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.testing.Together;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draws, stripes and the generator that mixes them. */
class ChanceTest {
    private static final long SEED = 31;
    private static final BigInteger CIRCLE = BigInteger.ONE.shiftLeft(64);

    @Test
    @DisplayName("TV-HASH-2")
    void the_mixer_is_splitmix64s() {
        assertThat(SplitMix64.mix(0x9E3779B97F4A7C15L)).isEqualTo(0xe220a8397b1dcdafL);
    }

    @Test
    @DisplayName("TV-HASH-2, as the generator draws it")
    void a_generator_seeded_with_zero_draws_splitmix64s_numbers() {
        StripedRandom random = new StripedRandom(1, () -> 0);
        assertThat(random.nextLong()).isEqualTo(0xe220a8397b1dcdafL);
        // The second number of SplitMix64 from seed 0, as published with the algorithm.
        assertThat(random.nextLong()).isEqualTo(0x6e789e6aa1b965f4L);
    }

    @Test
    void an_index_is_the_high_half_of_the_unsigned_product() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 100_000; i++) {
            long bits = i == 0 ? -1L : random.nextLong();
            int n = 1 + random.nextInt(i % 2 == 0 ? Integer.MAX_VALUE : 1000);
            BigInteger unsigned = new BigInteger(Long.toUnsignedString(bits));
            int expected =
                    unsigned.multiply(BigInteger.valueOf(n)).divide(CIRCLE).intValue();
            assertThat(Draw.index(bits, n))
                    .as("seed %d: %x of %d", SEED, bits, n)
                    .isEqualTo(expected);
            assertThat(Draw.index32(bits >>> 32, n)).isBetween(0, n - 1);
        }
    }

    @Test
    void indexes_begin_at_the_first_and_end_at_the_last() {
        for (int n : new int[] {1, 2, 3, 1000, Integer.MAX_VALUE}) {
            assertThat(Draw.index(0, n)).isZero();
            assertThat(Draw.index(-1, n)).isEqualTo(n - 1);
            assertThat(Draw.index32(0, n)).isZero();
            assertThat(Draw.index32(0xffff_ffffL, n)).isEqualTo(n - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 9, 64, 255})
    void threads_of_any_number_find_a_cell_for_any_number_of_cores(int cores) throws Exception {
        Stripes stripes = new Stripes(cores, () -> 0);
        Set<Long> given = ConcurrentHashMap.newKeySet();
        Together.run(12, thread -> {
            for (int i = 0; i < 1_000; i++) {
                given.add(stripes.getAndAdd(1));
            }
        });
        // One cell that all twelve share would count to 12000, twelve cells to 1000 each.
        assertThat(given).hasSizeBetween(1_000, 12_000);
    }

    @Test
    void one_thread_keeps_to_one_cell() {
        Stripes stripes = new Stripes(64, () -> 0);
        long start = stripes.getAndAdd(1);
        long direction = stripes.getAndAdd(1) - start;
        assertThat(direction).as("forwards or backwards").isIn(1L, -1L);
        for (long i = 2; i < 1_000; i++) {
            assertThat(stripes.getAndAdd(1)).isEqualTo(start + i * direction);
        }
    }

    @Test
    void nothing_added_by_many_threads_is_lost_or_given_twice_however_they_move_between_cells() throws Exception {
        // Two cells, so far apart that a number tells which one gave it.
        AtomicLong seeds = new AtomicLong();
        Stripes stripes = new Stripes(2, () -> seeds.getAndIncrement() << 40);
        Set<Long> given = ConcurrentHashMap.newKeySet();
        Together.run(8, thread -> {
            for (int i = 0; i < 50_000; i++) {
                assertThat(given.add(stripes.getAndAdd(1))).isTrue();
            }
        });
        assertThat(given).hasSize(400_000);
        for (long next = 0; given.remove(next); ) {
            next++;
        }
        for (long next = 1L << 62 | 1L << 39; given.remove(next); ) {
            next--;
        }
        assertThat(given).as("each cell gave out one unbroken row").isEmpty();
    }

    @Test
    void stripes_begin_at_different_non_negative_places() {
        SplittableRandom random = new SplittableRandom(SEED);
        Set<Long> starts = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            long start = new Stripes(1, random).getAndAdd(1);
            assertThat(start).isNotNegative();
            starts.add(start);
        }
        assertThat(starts).hasSize(100);
    }

    @Test
    void threads_draw_different_numbers() throws Exception {
        StripedRandom random = new StripedRandom(8, new SplittableRandom(SEED));
        Set<Long> drawn = ConcurrentHashMap.newKeySet();
        Together.run(8, thread -> {
            for (int i = 0; i < 10_000; i++) {
                drawn.add(random.nextLong());
            }
        });
        // Sequences of different cells could only meet by a chance of 80000^2 / 2^64.
        assertThat(drawn).hasSize(80_000);
    }
}
