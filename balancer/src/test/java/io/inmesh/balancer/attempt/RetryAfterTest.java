package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final String NOW = "Tue, 29 Oct 2024 16:56:32 GMT";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "120 | 120",
                "' 7 ' | 7",
                "Tue, 29 Oct 2024 16:57:32 GMT | 60",
                "Tue, 29 Oct 2024 16:56:32 GMT | 0",
                "Mon, 28 Oct 2024 16:56:32 GMT | 0",
                "99999999999999999999999 | 31536000"
            })
    void seconds_and_dates_are_understood(String header, long seconds) {
        assertThat(RetryAfter.of(header, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"''", "soon", "-1", "1.5", "2024-10-29T16:57:32Z"})
    void what_cannot_be_read_says_nothing(String header) {
        assertThat(RetryAfter.of(header, NOW)).isEmpty();
    }

    @Test
    void nothing_says_nothing_and_a_date_needs_the_servers_own() {
        assertThat(RetryAfter.of(null, NOW)).isEmpty();
        assertThat(RetryAfter.of("Tue, 29 Oct 2024 16:57:32 GMT", null)).isEmpty();
        assertThat(RetryAfter.of("Tue, 29 Oct 2024 16:57:32 GMT", "yesterday")).isEmpty();
    }

    @Test
    void it_goes_with_outcomes_that_can_carry_it() {
        Duration second = Duration.ofSeconds(1);
        assertThat(RetryAfter.applied(Outcome.OVERLOADED, Optional.of(second)))
                .isEqualTo(new Outcome.Overloaded(second));
        assertThat(RetryAfter.applied(Outcome.failure(Origin.GATEWAY, Delivery.SENT), Optional.of(second)))
                .isEqualTo(new Outcome.Failure(Origin.GATEWAY, Delivery.SENT, second));
        assertThat(RetryAfter.applied(Outcome.SUCCESS, Optional.of(second))).isSameAs(Outcome.SUCCESS);
        assertThat(RetryAfter.applied(Outcome.OVERLOADED, Optional.empty())).isSameAs(Outcome.OVERLOADED);
    }
}
