package io.inmesh.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptsConfigTest {

    private static AttemptsConfig read(String settings) {
        Map<String, String> map = new HashMap<>();
        for (String pair : settings.trim().split(" +", -1)) {
            map.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return BalancerConfig.of(map).attempts();
    }

    @Test
    void without_a_word_it_is_three_attempts_within_20_percent() {
        AttemptsConfig config = BalancerConfig.of(Map.of()).attempts();
        assertThat(config).isEqualTo(AttemptsConfig.DEFAULT);
        assertThat(config.retry())
                .isEqualTo(new RetryConfig(
                        3, Duration.ZERO, Duration.ZERO, Duration.ofMillis(25), Duration.ofMillis(250)));
        assertThat(config.hedge().isOn()).isFalse();
        assertThat(config.budget()).isEqualTo(new BudgetConfig(BudgetConfig.Mode.RATIO, 20, 10, 10, 0.1, 3));
    }

    @Test
    void every_key_says_something() {
        AttemptsConfig config = read(
                "retry.attempts=5 retry.timeout=1s retry.deadline=3s retry.backoff=off"
                        + " retry.max-backoff=1s hedge.delay=20ms hedge.attempts=3 hedge.percent=10 budget.mode=tokens"
                        + " budget.percent=30 budget.min-per-second=0 budget.max-tokens=100 budget.token-ratio=0.5 budget.min-concurrent=7");
        assertThat(config.retry())
                .isEqualTo(new RetryConfig(
                        5, Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ZERO, Duration.ofSeconds(1)));
        assertThat(config.hedge()).isEqualTo(new HedgeConfig(Duration.ofMillis(20), 0, 3, 10));
        assertThat(config.budget()).isEqualTo(new BudgetConfig(BudgetConfig.Mode.TOKENS, 30, 0, 100, 0.5, 7));
    }

    @ParameterizedTest
    @CsvSource({"p95, 95", "P99.9, 99.9", "p50, 50"})
    void a_hedge_may_wait_for_a_percentile(String text, double percentile) {
        HedgeConfig hedge = read("hedge.delay=" + text).hedge();
        assertThat(hedge.percentile()).isEqualTo(percentile);
        assertThat(hedge.isOn()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // out of range or unreadable
                "retry.attempts=0             | retry.attempts: '0'        | a whole number from 1 to 5",
                "retry.attempts=6             | retry.attempts: '6'        | a whole number from 1 to 5",
                "retry.timeout=0s             | retry.timeout: '0s'        | a time above zero",
                "retry.timeout=-1s            | retry.timeout: '-1s'       | a time above zero",
                "retry.deadline=25h           | retry.deadline: PT25H      | at most PT24H",
                "retry.backoff=2m             | retry.backoff: PT2M        | at most PT1M",
                "hedge.delay=p0               | hedge.delay: 'p0'          | such as p95",
                "hedge.delay=p100             | hedge.delay: 'p100'        | such as p95",
                "hedge.delay=pNaN             | hedge.delay: 'pNaN'        | such as p95",
                "hedge.delay=soon             | hedge.delay: 'soon'        | a time above zero",
                "hedge.attempts=1             | hedge.attempts: '1'        | a whole number from 2 to 5",
                "hedge.percent=0              | hedge.percent: '0'         | a whole number from 1 to 100",
                "budget.mode=none             | budget.mode: 'none'        | one of ratio, tokens, concurrent",
                "budget.percent=101           | budget.percent: '101'      | a whole number from 0 to 100",
                "budget.min-per-second=-1     | budget.min-per-second: '-1' | a whole number from 0 to 100000",
                "budget.max-tokens=0          | budget.max-tokens: '0'     | a number from 1",
                "budget.token-ratio=0         | budget.token-ratio: '0'    | a number from 0.001",
                "budget.min-concurrent=-1     | budget.min-concurrent: '-1' | a whole number from 0",
                // contradictory
                "retry.backoff=1s             | retry.backoff: PT1S        | at most retry.max-backoff, which is PT0.25S",
                "retry.timeout=2s retry.deadline=1s | retry.timeout: PT2S  | at most retry.deadline, which is PT1S",
                "hedge.delay=1s retry.timeout=1s    | hedge.delay: PT1S    | less than retry.timeout, which is PT1S",
                "hedge.delay=2s retry.deadline=1s   | hedge.delay: PT2S    | less than retry.deadline, which is PT1S",
                "hedge.delay=p95 retry.attempts=1   | hedge.attempts: 2    | at most retry.attempts, which is 1"
            })
    void what_cannot_be_meant_is_refused_with_key_value_and_what_is_expected(
            String settings, String keyAndValue, String expected) {
        assertThatThrownBy(() -> read(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(keyAndValue)
                .hasMessageContaining("expected: ")
                .hasMessageContaining(expected);
    }
}
