package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.fault.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An exchange that breaks where it is asked: its caller hears of it, and neither a lease nor an answer is left open. */
class MistakenExchangeTest {
    private enum Place {
        SENDING,
        OUTCOME_OF_ANSWER,
        OUTCOME_OF_ERROR,
        FAILURE_OF_FAULT
    }

    private static final class Mistaken implements Exchange<String, IOException> {
        private final IllegalStateException mistake = new IllegalStateException("a mistake of the exchange");
        private final Place place;
        private final List<String> discarded = new ArrayList<>();

        Mistaken(Place place) {
            this.place = place;
        }

        private void at(Place asked) {
            if (asked == place) {
                throw mistake;
            }
        }

        @Override
        public String send(Lease lease) throws IOException {
            at(Place.SENDING);
            if (place == Place.OUTCOME_OF_ERROR) {
                throw new IOException("reset");
            }
            return "hello";
        }

        @Override
        public Outcome outcomeOf(String answer) {
            at(Place.OUTCOME_OF_ANSWER);
            return Outcome.SUCCESS;
        }

        @Override
        public Outcome outcomeOf(Exception error) {
            at(Place.OUTCOME_OF_ERROR);
            return Outcome.failure(Origin.LOCAL, Delivery.SENT);
        }

        @Override
        public void discard(String answer) {
            discarded.add(answer);
            throw new IllegalStateException("it cannot be discarded either");
        }

        @Override
        public boolean keepsLease() {
            return true;
        }

        @Override
        public IOException failure(Exception reason) {
            at(Place.FAILURE_OF_FAULT);
            return new IOException(reason);
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void whatever_it_throws_reaches_the_caller_and_nothing_stays_open(Place place) {
        try (Hands hands = new Hands(2)) {
            if (place == Place.FAILURE_OF_FAULT) {
                hands.faults.inject(Fault.failing(Outcome.failure(Origin.EXTERNAL, Delivery.SENT)));
            }
            Mistaken exchange = new Mistaken(place);
            assertThatThrownBy(() -> hands.attempts.call(PickContext.NONE, Safety.IDEMPOTENT, exchange))
                    .isSameAs(exchange.mistake);
            assertThat(hands.inFlight()).isZero();
            assertThat(exchange.discarded).hasSize(place == Place.OUTCOME_OF_ANSWER ? 1 : 0);
            assertThat(hands.heard())
                    .as("nobody is to blame, and nothing is sent again")
                    .filteredOn(event -> !event.startsWith("called"))
                    .singleElement()
                    .asString()
                    .startsWith("completed")
                    .endsWith("Cancelled[] -1");
        }
    }

    @Test
    @SuppressWarnings("NullAway") // That is the mistake.
    void an_answer_that_is_null_is_a_mistake() {
        try (Hands hands = new Hands(2)) {
            Exchange<String, IOException> exchange = new Exchange<>() {
                @Override
                public String send(Lease lease) {
                    return null;
                }

                @Override
                public Outcome outcomeOf(String answer) {
                    return Outcome.SUCCESS;
                }

                @Override
                public Outcome outcomeOf(Exception error) {
                    return Outcome.CANCELLED;
                }

                @Override
                public IOException failure(Exception reason) {
                    return new IOException(reason);
                }
            };
            assertThatThrownBy(() -> hands.attempts.call(PickContext.NONE, Safety.IDEMPOTENT, exchange))
                    .hasMessageContaining("answered null");
            assertThat(hands.inFlight()).isZero();
        }
    }
}
