package io.inmesh.balancer.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.CheckConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckConfigTest {

    @Test
    void nobody_is_asked_unless_said() {
        assertThat(BalancerConfig.of(Map.of()).check()).isEqualTo(CheckConfig.OFF);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "check.mode; ping; 'ping' (expected: one of off, tcp, http, grpc)",
                "check.interval; 50ms; PT0.05S (expected: from 100ms to 24h)",
                "check.interval; 0s; '0s' (expected: a time above zero",
                "check.timeout; 11s; PT11S (expected: above zero, and at most check.interval, which is PT10S)",
                "check.unhealthy-after; 0; '0' (expected: a whole number from 1 to 100)",
                "check.healthy-after; -1; '-1' (expected: a whole number from 1 to 100)",
                "check.path; healthz; 'healthz' (expected: a path that begins with /",
                "check.path; /a b; '/a b' (expected: a path that begins with /",
                "check.path; /healthz; '/healthz' (expected: none unless check.mode is http)",
                "check.service; orders; 'orders' (expected: none unless check.mode is grpc)"
            })
    void what_is_wrong_or_contradicts_is_refused_with_key_value_and_range(String key, String value, String text) {
        assertThatThrownBy(() -> BalancerConfig.of(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key + ": " + text);
    }
}
