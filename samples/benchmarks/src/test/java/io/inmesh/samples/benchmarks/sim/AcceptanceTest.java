package io.inmesh.samples.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What is asked of policies that read load (balancing, section 8), over a part of the requests of a whole run. The chance is fixed, so a failure
 * is a change of a policy or of the simulator, never bad luck.
 */
@DisplayName("8, TV-PRQ-1")
class AcceptanceTest {
    private static final int REQUESTS = 100_000;

    /** Shared: several criteria ask about the same trials. */
    private static final Trials TRIALS = new Trials(Criterion.CLIENTS, Criterion.LOAD, REQUESTS);

    @AfterAll
    static void print() {
        System.out.print(Report.heading());
        TRIALS.all().forEach(trial -> System.out.print(Report.line(trial)));
        Criterion.ALL.forEach(criterion -> System.out.print(Report.line(criterion, criterion.worstRatio(TRIALS))));
    }

    @ParameterizedTest
    @FieldSource("io.inmesh.samples.benchmarks.sim.Criterion#ALL")
    void policies_are_as_good_as_asked(Criterion criterion) {
        assertThat(criterion.worstRatio(TRIALS)).as(criterion.toString()).isLessThanOrEqualTo(criterion.most());
    }
}
