package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits in the words of sockets, for which 0 is none. */
class LimitsTest {
    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT-1S, 0", "PT0.0001S, 1", "PT0.2S, 200", "PT9999999H, 2147483647"})
    void are_whole_milliseconds_and_none_is_none(Duration limit, int millis) {
        assertThat(new Limits(limit, limit).connectMillis()).isEqualTo(millis);
        assertThat(new Limits(limit, limit).readMillis()).isEqualTo(millis);
        assertThat(new Limits(limit, null).readMillis()).isZero();
    }
}
