package io.inmesh.balancer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeakEwmaTest {
    private static final long MILLI = 1_000_000;
    private static final long TAU = Duration.ofSeconds(10).toNanos();

    /** Moments are kept in steps of 131 us, and estimates as floats. */
    private static final Offset<Double> MICROSECONDS_5 = within(5_000.0);

    private final FakeClock clock = new FakeClock();
    private final PeakEwma latency = new PeakEwma();

    private void record(long millis) {
        latency.record(millis * MILLI, clock.nanoTime(), TAU);
    }

    private double read() {
        return latency.read(clock.nanoTime(), TAU);
    }

    @Test
    void nothing_is_known_before_the_first_sample() {
        assertThat(read()).isNaN();
        clock.advance(Duration.ofHours(1));
        assertThat(read()).isNaN();
    }

    @Test
    void the_first_sample_is_taken_as_it_is_whenever_it_comes() {
        clock.advance(Duration.ofDays(300));
        record(20);
        assertThat(read()).isEqualTo(20.0 * MILLI);
    }

    @Test
    @DisplayName("TV-EWMA-1: a lower sample moves the estimate by its age")
    void a_lower_sample_moves_the_estimate_by_the_age_of_the_last() {
        record(100);
        clock.advance(Duration.ofSeconds(1));
        record(20);
        assertThat(read()).isCloseTo(92.387 * MILLI, MICROSECONDS_5);
    }

    @Test
    @DisplayName("TV-EWMA-1: after tau, a read is down to 1/e")
    void reading_decays_and_writes_nothing() {
        record(100);
        clock.advance(Duration.ofSeconds(10));
        assertThat(read()).isCloseTo(36.788 * MILLI, MICROSECONDS_5);
        assertThat(read()).isCloseTo(36.788 * MILLI, MICROSECONDS_5);
        clock.advance(Duration.ofSeconds(10));
        assertThat(read()).isCloseTo(13.534 * MILLI, MICROSECONDS_5);
    }

    @Test
    @DisplayName("TV-EWMA-1: a higher sample replaces the estimate")
    void a_higher_sample_replaces_the_estimate_at_once() {
        record(100);
        record(150);
        assertThat(read()).isEqualTo(150.0 * MILLI);
    }

    @Test
    void a_sample_above_what_is_left_of_the_estimate_replaces_it_too() {
        record(100);
        clock.advance(Duration.ofSeconds(10));
        record(40);
        assertThat(read()).isEqualTo(40.0 * MILLI);
    }

    @Test
    void whoever_reads_or_records_by_another_tau_finds_the_same_estimate() {
        record(100);
        long second = Duration.ofSeconds(1).toNanos();
        assertThat(latency.read(clock.nanoTime(), second)).isEqualTo(100.0 * MILLI);
        clock.advance(Duration.ofSeconds(1));
        assertThat(latency.read(clock.nanoTime(), second)).isCloseTo(36.788 * MILLI, within(10_000.0));
        assertThat(read()).isCloseTo(90.484 * MILLI, MICROSECONDS_5);
        latency.record(20 * MILLI, clock.nanoTime(), second);
        assertThat(read()).as("100/e + 20 (1 - 1/e)").isCloseTo(49.430 * MILLI, within(10_000.0));
        assertThat(latency.read(clock.nanoTime(), second)).isEqualTo(read());
    }

    @Test
    void a_lower_bound_raises_and_never_lowers() {
        record(100);
        latency.recordAtLeast(20 * MILLI, clock.nanoTime(), TAU);
        assertThat(read()).isEqualTo(100.0 * MILLI);
        latency.recordAtLeast(5_000 * MILLI, clock.nanoTime(), TAU);
        assertThat(read()).isEqualTo(5_000.0 * MILLI);
    }

    @Test
    void a_clock_that_goes_back_decays_nothing_and_moves_no_stamp() {
        long now = Duration.ofSeconds(100).toNanos();
        long before = now - Duration.ofSeconds(5).toNanos();
        latency.record(100 * MILLI, now, TAU);
        assertThat(latency.read(before, TAU)).isEqualTo(100.0 * MILLI);
        latency.record(20 * MILLI, before, TAU);
        assertThat(latency.read(now, TAU)).isEqualTo(100.0 * MILLI);
        assertThat(latency.read(now + Duration.ofSeconds(10).toNanos(), TAU)).isCloseTo(36.788 * MILLI, MICROSECONDS_5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 4, 5, 7, 8, 9, 30, 300, 3000})
    @DisplayName("A starved endpoint's estimate stays low however long it idles (section 9)")
    void an_estimate_that_idled_for_days_has_not_come_back(long days) {
        record(5_000);
        clock.advance(Duration.ofDays(days));
        // Moments repeat every 6.5 days: on such a moment the estimate decays once more, and is gone after a minute.
        clock.advance(Duration.ofMinutes(2));
        assertThat(read()).as("after %d days", days).isLessThan(1.0 * MILLI);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE + 1, -1_000_000_000_000_000L, -5_000_000_000L, 0, 1L << 62})
    void moments_may_begin_anywhere(long origin) {
        latency.record(100 * MILLI, origin, TAU);
        assertThat(latency.read(origin, TAU)).isEqualTo(100.0 * MILLI);
        assertThat(latency.read(origin + Duration.ofSeconds(10).toNanos(), TAU))
                .isCloseTo(36.788 * MILLI, within(20_000.0));
    }

    @Test
    void threads_that_record_at_once_leave_an_estimate_that_one_of_them_could_have_made() throws Exception {
        Together.run(8, thread -> {
            for (int i = 0; i < 50_000; i++) {
                latency.record((10 + thread) * MILLI, clock.nanoTime(), TAU);
                double read = latency.read(clock.nanoTime(), TAU);
                assertThat(read).isBetween(10.0 * MILLI, 17.0 * MILLI);
            }
        });
        // The clock stands, so nothing decays: the highest sample that was not dropped stays.
        assertThat(read()).isBetween(10.0 * MILLI, 17.0 * MILLI);
    }
}
