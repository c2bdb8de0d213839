package io.inmesh.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be said of ejection and limits, and what is refused. */
class EjectConfigTest {

    private static BalancerConfig config(String settings) {
        Map<String, String> all = new HashMap<>();
        for (String setting : settings.split(" ", -1)) {
            all.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        return BalancerConfig.of(all);
    }

    @Test
    void without_a_word_it_is_on_with_the_numbers_of_grpc_and_limits_are_off() {
        BalancerConfig config = BalancerConfig.of(Map.of());
        assertThat(config.eject())
                .isEqualTo(EjectConfig.DEFAULT)
                .isEqualTo(new EjectConfig(
                        true,
                        Duration.ofSeconds(10),
                        10,
                        new EjectRows(5, 0, false, 5, false),
                        new EjectRates(1900, 5, 5, 100, 85, 50),
                        new EjectReturn(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(300),
                                Duration.ofSeconds(3),
                                1,
                                Duration.ofSeconds(30))));
        assertThat(config.limit()).isEqualTo(LimitConfig.OFF);
    }

    @Test
    void every_key_is_read() {
        BalancerConfig config = config("eject.enabled=true eject.interval=1s eject.max-percent=50 eject.consecutive=3"
                + " eject.consecutive-gateway=2 eject.overload=true eject.split-local-origin=true eject.consecutive-local=4"
                + " eject.success-rate-factor=1000 eject.min-gap=7 eject.min-hosts=3 eject.request-volume=10"
                + " eject.failure-percent=60 eject.failure-volume=20 eject.base=5s eject.max=1m eject.jitter=off"
                + " eject.trials=2 eject.slow-start=off limit.endpoint-in-flight=8 limit.service-in-flight=64");
        assertThat(config.eject())
                .isEqualTo(new EjectConfig(
                        true,
                        Duration.ofSeconds(1),
                        50,
                        new EjectRows(3, 2, true, 4, true),
                        new EjectRates(1000, 7, 3, 10, 60, 20),
                        new EjectReturn(
                                Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ZERO, 2, Duration.ZERO)));
        assertThat(config.limit()).isEqualTo(new LimitConfig(8, 64));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "eject.enabled=maybe | eject.enabled: 'maybe' (expected: true or false)",
                "eject.interval=0s | eject.interval: '0s' (expected: a time above zero",
                "eject.interval=99ms | eject.interval: PT0.099S (expected: a time from 100ms to 24h)",
                "eject.interval=25h | eject.interval: PT25H (expected: a time from 100ms to 24h)",
                "eject.interval=9999999h | eject.interval: '9999999h' (expected: a time above zero and of at most a year",
                "eject.max-percent=0 | eject.max-percent: '0' (expected: a whole number from 1 to 100)",
                "eject.max-percent=101 | eject.max-percent: '101' (expected: a whole number from 1 to 100)",
                "eject.consecutive=-1 | eject.consecutive: '-1' (expected: a whole number from 0 to",
                "eject.consecutive-gateway=-1 | eject.consecutive-gateway: '-1' (expected: a whole number from 0 to",
                "eject.success-rate-factor=-1 | eject.success-rate-factor: '-1' (expected: a whole number from 0 to",
                "eject.min-gap=101 | eject.min-gap: '101' (expected: a whole number from 0 to 100)",
                "eject.min-hosts=0 | eject.min-hosts: '0' (expected: a whole number from 1 to",
                "eject.request-volume=0 | eject.request-volume: '0' (expected: a whole number from 1 to",
                "eject.failure-percent=100 | eject.failure-percent: '100' (expected: a whole number from 0 to 99)",
                "eject.failure-volume=0 | eject.failure-volume: '0' (expected: a whole number from 1 to",
                "eject.base=off | eject.base: 'off' (expected: a time above zero",
                "eject.base=10m | eject.max: PT5M (expected: at least eject.base, which is PT10M, and at most 24h)",
                "eject.max=25h | eject.max: PT25H (expected: at least eject.base",
                "eject.jitter=-1s | eject.jitter: '-1s' (expected: a time above zero",
                "eject.trials=0 | eject.trials: '0' (expected: a whole number from 1 to 1000)",
                "eject.slow-start=1s | eject.slow-start: PT1S (expected: more than 1s and at most 24h, or off)",
                "eject.consecutive-local=3 | eject.consecutive-local: '3' (expected: eject.split-local-origin=true beside it",
                "limit.endpoint-in-flight=-1 | limit.endpoint-in-flight: '-1' (expected: a whole number from 0 to",
                "limit.service-in-flight=many | limit.service-in-flight: 'many' (expected: a whole number from 0 to",
                "eject.consecutive=0 eject.success-rate-factor=0 eject.failure-percent=0 | eject.enabled: true, with every rule off"
            })
    void what_makes_no_sense_is_refused_with_key_value_and_range(String settings, String message) {
        assertThatThrownBy(() -> config(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void with_every_rule_off_it_may_be_off() {
        assertThat(config("eject.enabled=false eject.consecutive=0 eject.success-rate-factor=0 eject.failure-percent=0")
                        .eject()
                        .enabled())
                .isFalse();
    }

    @Test
    void an_unknown_key_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> new Settings(Map.of("eject.consecutiv", "5")))
                .hasMessageStartingWith("setting 'eject.consecutiv' is unknown, did you mean 'eject.consecutive'?");
        assertThatThrownBy(() -> new Settings(Map.of("limit.inflight", "5")))
                .hasMessageStartingWith("setting 'limit.inflight' is unknown");
    }
}
