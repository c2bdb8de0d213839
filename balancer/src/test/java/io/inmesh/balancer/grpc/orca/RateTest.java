package io.inmesh.balancer.grpc.orca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.testing.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {
    private final FakeClock clock = new FakeClock();
    private final Rate rate = new Rate(clock);

    /** So many in each tenth of a second, for that many seconds. */
    private void count(int perTenth, int seconds) {
        for (int tenth = 0; tenth < 10 * seconds; tenth++) {
            for (int i = 0; i < perTenth; i++) {
                rate.count();
            }
            clock.advance(Duration.ofMillis(100));
        }
    }

    @Test
    void an_even_stream_has_its_rate_after_a_second_and_after_a_minute() {
        assertThat(rate.perSecond()).isZero();
        count(5, 1);
        assertThat(rate.perSecond()).isCloseTo(50, within(1.0));
        count(5, 59);
        assertThat(rate.perSecond()).isCloseTo(50, within(1.0));
    }

    @Test
    void a_burst_counts_by_its_size_and_is_forgotten_after_ten_seconds() {
        count(0, 20);
        for (int i = 0; i < 1_000; i++) {
            rate.count();
        }
        assertThat(rate.perSecond()).isCloseTo(100, within(1.0));
        clock.advance(Duration.ofSeconds(5));
        assertThat(rate.perSecond()).isCloseTo(100, within(10.0));
        clock.advance(Duration.ofSeconds(6));
        assertThat(rate.perSecond()).isZero();
    }

    @Test
    void a_first_request_is_one_a_second_at_most() {
        rate.count();
        assertThat(rate.perSecond()).isEqualTo(1);
    }
}
