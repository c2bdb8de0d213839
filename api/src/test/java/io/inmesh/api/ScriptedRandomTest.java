package io.inmesh.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.inmesh.api.testing.ScriptedRandom;
import org.junit.jupiter.api.Test;

class ScriptedRandomTest {

    @Test
    void draws_come_as_scripted_and_one_too_many_fails() {
        ScriptedRandom random = ScriptedRandom.of(1, -2, 3);

        assertThat(random.nextLong()).isEqualTo(1);
        assertThat(random.nextLong()).isEqualTo(-2);
        assertThat(random.nextLong()).isEqualTo(3);
        assertThatIllegalStateException()
                .isThrownBy(random::nextLong)
                .withMessage("draw 4 was asked for (expected: at most 3, as scripted)");
    }

    @Test
    void the_script_is_a_copy() {
        long[] draws = {1};
        ScriptedRandom random = ScriptedRandom.of(draws);
        draws[0] = 2;

        assertThat(random.nextLong()).isEqualTo(1);
    }

    @Test
    void other_kinds_of_draws_take_one_number_each() {
        ScriptedRandom random = ScriptedRandom.of(0, 1L << 63, 5L << 32, -1);

        assertThat(random.nextDouble()).isZero();
        assertThat(random.nextDouble()).isEqualTo(0.5);
        assertThat(random.nextInt(8)).isEqualTo(5);
        assertThat(random.nextBoolean()).isTrue();
    }
}
