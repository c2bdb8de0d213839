package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerTimesTest {
    private static final long MILLI = 1_000_000;

    private final FakeClock clock = new FakeClock();
    private final AnswerTimes times = new AnswerTimes(clock);

    static LongStream seeds() {
        return Seeds.all();
    }

    private void nextSlice() {
        clock.advance(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_percentile_is_at_most_6_percent_above_the_exact_one_and_never_below(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] all = new long[5000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) (MILLI * Math.exp(random.nextDouble() * 12)); // 1 ms to 160 s
            times.record(all[i]);
        }
        nextSlice();
        Arrays.sort(all);
        for (double percentile : new double[] {1, 50, 90, 95, 99, 99.9}) {
            long exact = all[(int) Math.ceil(all.length * percentile / 100) - 1];
            assertThat((double) times.percentileNanos(percentile))
                    .as("p%s", percentile)
                    .isBetween((double) exact, exact * 1.07);
        }
    }

    @Test
    void it_is_read_again_every_three_seconds_and_forgotten_after_fifteen() {
        for (int i = 0; i < 100; i++) {
            times.record(10 * MILLI);
        }
        assertThat(times.percentileNanos(95)).as("the slice is not full").isZero();
        nextSlice();
        long first = times.percentileNanos(95);
        assertThat(first).isBetween(10 * MILLI, 11 * MILLI);
        for (int i = 0; i < 10_000; i++) {
            times.record(100 * MILLI);
        }
        assertThat(times.percentileNanos(95)).isEqualTo(first);
        nextSlice();
        assertThat(times.percentileNanos(95)).isBetween(100 * MILLI, 107 * MILLI);
        for (int i = 0; i < 4; i++) {
            nextSlice();
        }
        assertThat(times.percentileNanos(95)).as("nothing came for long").isZero();
    }

    @Test
    void fewer_than_twenty_answers_say_nothing() {
        for (int i = 0; i < 19; i++) {
            times.record(10 * MILLI);
        }
        nextSlice();
        assertThat(times.percentileNanos(95)).isZero();
        times.record(10 * MILLI);
        nextSlice();
        assertThat(times.percentileNanos(95)).isPositive();
    }

    @Test
    void nothing_is_hedged_sooner_than_after_a_millisecond_and_everything_has_a_bucket() {
        for (long nanos : new long[] {-1, 0, 1, 15, 16, 17, 1000, Long.MAX_VALUE}) {
            for (int i = 0; i < 10; i++) {
                times.record(nanos);
            }
        }
        nextSlice();
        assertThat(times.percentileNanos(50)).isEqualTo(MILLI);
        assertThat(times.percentileNanos(99)).isGreaterThan(Duration.ofHours(4).toNanos());
    }

    @Test
    void many_threads_count_all() throws Exception {
        Together.run(4, thread -> {
            for (int i = 0; i < 10_000; i++) {
                times.record((thread < 2 ? 10 : 1000) * MILLI);
            }
        });
        nextSlice();
        assertThat(times.percentileNanos(50)).isBetween(10 * MILLI, 11 * MILLI);
        assertThat(times.percentileNanos(51)).isGreaterThan(999 * MILLI);
    }
}
