package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    private static final PodPort POD = new PodPort("orders-1", Door.HTTP);

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # attempts, started, answered
                    10, 10, 10
                    12, 10, 10
                    0,  0,  0
                    """)
    void one_that_ended_as_it_should_agrees_if_every_request_it_started_was_answered(
            long attempts, long started, long answered) {
        assertThat(new Comparison(POD, false, attempts, started, answered).disagreement())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    10, 10, 9
                    10, 9, 10
                    9, 10, 10
                    """)
    void one_that_ended_as_it_should_disagrees_over_a_single_request(long attempts, long started, long answered) {
        assertThat(new Comparison(POD, false, attempts, started, answered).disagreement())
                .hasValue("orders-1 http: answered " + answered + " by the client's count, started " + started
                        + " by its own, attempts " + attempts + " (expected: answered = started <= attempts)");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    10, 10, 10
                    10, 9, 8
                    10, 0, 0
                    """)
    void one_that_was_killed_may_have_seen_less_than_was_tried_and_answered_less_than_it_saw(
            long attempts, long started, long answered) {
        assertThat(new Comparison(POD, true, attempts, started, answered).disagreement())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    10, 8, 9
                    8, 9, 9
                    """)
    void one_that_was_killed_disagrees_if_it_saw_more_than_was_tried_or_answered_more_than_it_saw(
            long attempts, long started, long answered) {
        assertThat(new Comparison(POD, true, attempts, started, answered)
                        .disagreement()
                        .orElseThrow())
                .endsWith("(expected: answered <= started <= attempts, it was killed)");
    }
}
