package io.inmesh.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyConfigTest {
    @Test
    void the_defaults_are_those_of_linkerd_up_to_the_first_byte() {
        assertThat(BalancerConfig.of(Map.of()).latency())
                .isEqualTo(LatencyConfig.DEFAULT)
                .isEqualTo(new LatencyConfig(
                        Duration.ofSeconds(10), Duration.ofSeconds(5), LatencyConfig.Point.FIRST_BYTE));
    }

    @Test
    void every_key_is_read() {
        assertThat(BalancerConfig.of(Map.of(
                                "latency.decay", "1s",
                                "latency.failure-penalty", "60s",
                                "latency.point", "completion"))
                        .latency())
                .isEqualTo(new LatencyConfig(
                        Duration.ofSeconds(1), Duration.ofSeconds(60), LatencyConfig.Point.COMPLETION));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "latency.decay | 99ms | latency.decay: PT0.099S (expected: a time from 100ms to 1h)",
                "latency.decay | 61m | latency.decay: PT1H1M (expected: a time from 100ms to 1h)",
                "latency.decay | off | latency.decay: 'off' (expected: a time above zero",
                "latency.failure-penalty | 500us | latency.failure-penalty: '500us' (expected: a time above zero",
                "latency.failure-penalty | 0s | latency.failure-penalty: '0s' (expected: a time above zero",
                "latency.failure-penalty | 2h | latency.failure-penalty: PT2H (expected: a time from 1ms to 1h)",
                "latency.point | headers | latency.point: 'headers' (expected: one of first-byte, completion)"
            })
    void what_makes_no_sense_is_refused_with_key_value_and_range(String key, String value, String message) {
        assertThatThrownBy(() -> BalancerConfig.of(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
