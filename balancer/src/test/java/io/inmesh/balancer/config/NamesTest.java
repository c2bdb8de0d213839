package io.inmesh.balancer.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    private static final List<String> VALID = List.of("round-robin", "random", "power-of-two", "p2c", "rr");

    @ParameterizedTest
    @CsvSource({
        "round-robin, round-robin",
        "Round_Robin, round-robin",
        "ROUND-ROBIN, round-robin",
        "' p2c ', p2c",
        "POWER_OF_TWO, power-of-two",
        "TITLE, title"
    })
    void case_does_not_matter_and_an_underscore_is_a_hyphen(String typed, String spelled) {
        assertThat(Names.normalize(typed)).isEqualTo(spelled);
    }

    @ParameterizedTest
    @CsvSource({
        "round-robbin, round-robin",
        "roundrobin, round-robin",
        "Rnadom, random",
        "power_of_tow, power-of-two",
        "p3c, p2c",
        "r, rr"
    })
    void a_slip_of_the_finger_is_answered_with_the_nearest_name(String typed, String nearest) {
        assertThat(Names.nearest(typed, VALID)).contains(nearest);
    }

    @ParameterizedTest
    @CsvSource({"maglev", "least-connection-of-all", "xyz", "''"})
    void what_is_near_to_nothing_gets_no_suggestion(String typed) {
        assertThat(Names.nearest(typed, List.of("round-robin", "power-of-two"))).isEmpty();
    }

    @Test
    void among_no_names_there_is_no_nearest() {
        assertThat(Names.nearest("rr", List.of())).isEmpty();
    }

    @Test
    void the_refusal_names_what_was_typed_the_nearest_and_all() {
        assertThat(Names.unknown("policy", "Round-Robbin", VALID))
                .hasMessage("policy 'Round-Robbin' is unknown, did you mean 'round-robin'?"
                        + " (valid: p2c, power-of-two, random, round-robin, rr)");
        assertThat(Names.unknown("policy", "maglev", List.of("random")))
                .hasMessage("policy 'maglev' is unknown (valid: random)");
    }
}
