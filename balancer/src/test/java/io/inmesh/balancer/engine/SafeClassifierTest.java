package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import org.junit.jupiter.api.Test;

class SafeClassifierTest {
    private static final OutcomeClassifier STANDARD = OutcomeClassifier.standard();

    @Test
    void where_a_users_classifier_fails_the_standard_one_decides() {
        OutcomeClassifier safe = SafeClassifier.of((wire, code, error, delivery) -> {
            if (code == 404) {
                return Outcome.SUCCESS;
            }
            throw new IllegalStateException("no idea of " + code);
        });
        assertThat(safe.classify(Wire.HTTP, 404, null, Delivery.SENT)).isEqualTo(Outcome.SUCCESS);
        assertThat(safe.classify(Wire.HTTP, 500, null, Delivery.SENT))
                .isEqualTo(STANDARD.classify(Wire.HTTP, 500, null, Delivery.SENT));
        assertThat(safe.classify(Wire.HTTP, 429, null, Delivery.SENT))
                .isEqualTo(STANDARD.classify(Wire.HTTP, 429, null, Delivery.SENT));
    }

    @Test
    void the_standard_one_is_left_as_it_is() {
        assertThat(SafeClassifier.of(STANDARD)).isSameAs(STANDARD);
    }
}
