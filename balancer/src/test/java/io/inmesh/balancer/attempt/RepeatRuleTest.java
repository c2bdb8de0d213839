package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatRuleTest {

    @ParameterizedTest
    @CsvSource({
        // origin, delivery, repeated if unsafe, repeated if idempotent
        "EXTERNAL, NOT_SENT,      true,  true",
        "EXTERNAL, NOT_PROCESSED, true,  true",
        "EXTERNAL, SENT,          false, false",
        "GATEWAY,  NOT_SENT,      true,  true",
        "GATEWAY,  NOT_PROCESSED, true,  true",
        "GATEWAY,  SENT,          false, true",
        "LOCAL,    NOT_SENT,      true,  true",
        "LOCAL,    NOT_PROCESSED, true,  true",
        "LOCAL,    SENT,          false, true"
    })
    void a_first_failure_is_repeated_where_that_is_safe_and_worth_it(
            Origin origin, Delivery delivery, boolean unsafe, boolean idempotent) {
        Outcome failure = Outcome.failure(origin, delivery);
        assertThat(RepeatRule.allows(failure, Safety.UNSAFE)).isEqualTo(unsafe);
        assertThat(RepeatRule.allows(failure, Safety.IDEMPOTENT)).isEqualTo(idempotent);
    }

    @ParameterizedTest
    @EnumSource(Safety.class)
    void nothing_else_is_repeated_however_safe(Safety safety) {
        for (Outcome outcome :
                new Outcome[] {Outcome.SUCCESS, Outcome.CLIENT_ERROR, Outcome.CANCELLED, Outcome.OVERLOADED}) {
            assertThat(RepeatRule.allows(outcome, safety)).as("%s", outcome).isFalse();
        }
    }

    @Test
    void an_attempt_without_an_answer_in_time_is_repeated_if_that_is_safe() {
        assertThat(RepeatRule.allows(Outcome.TIMEOUT, Safety.IDEMPOTENT)).isTrue();
        assertThat(RepeatRule.allows(Outcome.TIMEOUT, Safety.UNSAFE)).isFalse();
    }

    @Test
    void an_overload_that_says_until_when_is_repeated_if_that_is_safe() {
        Outcome asked = new Outcome.Overloaded(Duration.ofSeconds(1));
        assertThat(RepeatRule.allows(asked, Safety.IDEMPOTENT)).isTrue();
        assertThat(RepeatRule.allows(asked, Safety.UNSAFE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "get", "Delete"})
    void these_methods_may_be_sent_twice(String method) {
        assertThat(Safety.ofHttpMethod(method)).isEqualTo(Safety.IDEMPOTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "CONNECT", "post", "QUERY-ISH", ""})
    void all_others_may_not(String method) {
        assertThat(Safety.ofHttpMethod(method)).isEqualTo(Safety.UNSAFE);
    }
}
