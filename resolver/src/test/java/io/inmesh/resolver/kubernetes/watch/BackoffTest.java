package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** W-11: how long to wait after failures. */
class BackoffTest {
    private static final RandomGenerator LOWEST = () -> 0L;
    private static final RandomGenerator HIGHEST = () -> -1L;

    private static List<Long> millis(Backoff backoff, int count) {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waits.add(backoff.next().toMillis());
        }
        return waits;
    }

    @Test
    void three_quick_tries_then_ten_of_800_ms_then_doubling_to_30_s() {
        assertThat(millis(new Backoff(LOWEST), 20))
                .containsExactly(
                        100L, 200L, 400L, 800L, 800L, 800L, 800L, 800L, 800L, 800L, 800L, 800L, 800L, 1600L, 3200L,
                        6400L, 12800L, 25600L, 30000L, 30000L);
    }

    @Test
    void jitter_adds_up_to_100_percent() {
        List<Long> lowest = millis(new Backoff(LOWEST), 30);
        List<Long> highest = millis(new Backoff(HIGHEST), 30);
        for (int i = 0; i < lowest.size(); i++) {
            assertThat(highest.get(i)).isBetween(lowest.get(i) * 2 - 1, lowest.get(i) * 2);
        }
    }

    @Test
    void an_outage_of_ten_seconds_is_noticed_as_over_within_two() {
        Backoff backoff = new Backoff(HIGHEST);
        Duration sum = Duration.ZERO;
        while (sum.compareTo(Duration.ofSeconds(10)) < 0) {
            Duration wait = backoff.next();
            assertThat(wait).isLessThan(Duration.ofSeconds(2));
            sum = sum.plus(wait);
        }
    }

    @Test
    void health_forgets_the_failures() {
        Backoff backoff = new Backoff(LOWEST);
        millis(backoff, 40);
        backoff.reset();
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void streams_that_break_after_they_worked_are_resumed_within_two_seconds_however_often() {
        Backoff backoff = new Backoff(HIGHEST);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waits.add(backoff.afterBreak(Duration.ofSeconds(30)).toMillis());
        }
        assertThat(waits.subList(0, 5)).containsExactly(199L, 399L, 799L, 1599L, 1599L);
        assertThat(waits.subList(3, 100)).containsOnly(1599L);
        assertThat(new Backoff(LOWEST).afterBreak(Duration.ofMinutes(2))).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.next()).as("refusals begin where breaks stay").isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void what_was_served_before_and_is_forbidden_is_asked_again_soon_for_a_while_W10() {
        Backoff backoff = new Backoff(() -> 0L);
        Refusal forbidden = new Refusal(403, "", null, false, null);
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            waits.add(backoff.afterServed(forbidden, Duration.ZERO));
        }
        assertThat(waits.subList(0, 6)).allMatch(wait -> wait.compareTo(Duration.ofSeconds(1)) < 0);
        assertThat(waits.get(6)).isEqualTo(backoff.after(forbidden, Duration.ZERO));
    }

    @Test
    void what_is_forbidden_right_after_an_outage_is_asked_again_soon_however_long_that_was_W10() {
        Backoff backoff = new Backoff(LOWEST);
        millis(backoff, 30);
        Refusal forbidden = new Refusal(403, "", null, false, null);
        assertThat(backoff.isAfterFailures()).isTrue();
        assertThat(backoff.afterServed(forbidden, Duration.ZERO)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.afterServed(forbidden, Duration.ZERO)).isEqualTo(Duration.ofMillis(200));
        assertThat(backoff.next()).as("the outage goes on").isEqualTo(Duration.ofSeconds(30));
        assertThat(backoff.afterServed(forbidden, Duration.ZERO)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void who_is_told_when_to_come_again_comes_a_tenth_to_a_fifth_later_W10() {
        Refusal busy = new Refusal(429, "", Duration.ofSeconds(10), false, null);
        assertThat(new Backoff(LOWEST).after(busy, Duration.ZERO)).isEqualTo(Duration.ofSeconds(11));
        assertThat(new Backoff(HIGHEST).after(busy, Duration.ZERO))
                .isBetween(Duration.ofMillis(11_990), Duration.ofSeconds(12));
    }
}
