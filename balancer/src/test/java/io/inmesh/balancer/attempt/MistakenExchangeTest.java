package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Choice;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.balancer.budget.ServiceBudget;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.fault.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An exchange that breaks where it is asked: its caller hears of it, and neither a lease nor an answer is left open. */
class MistakenExchangeTest {
    private enum Place {
        SENDING,
        OUTCOME_OF_ANSWER,
        OUTCOME_OF_ERROR,
        FAILURE_OF_FAULT,
        KEEPS_LEASE
    }

    /** Where a call may break between one attempt and the next. */
    private enum Between {
        CAN_SEND_AGAIN,
        KEEPS_LEASE,
        DISCARD,
        PICKER_ASKED_WHO_IS_LEFT,
        PICKER_ASKED_FOR_THE_NEXT,
        PICKER_ASKED_FOR_A_HEDGE
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
            at(Place.KEEPS_LEASE);
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
            assertThat(exchange.discarded)
                    .hasSize(place == Place.OUTCOME_OF_ANSWER || place == Place.KEEPS_LEASE ? 1 : 0);
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

    /** A policy of the application that breaks when it is asked the next time, on request. */
    private static final class MistakenPolicy implements LoadBalancer {
        private final LoadBalancer inside;
        private final IllegalStateException mistake = new IllegalStateException("a mistake of the policy");
        private int goodAnswers = Integer.MAX_VALUE;

        MistakenPolicy(LoadBalancer inside) {
            this.inside = inside;
        }

        @Override
        public Choice choose(PickContext context) {
            if (goodAnswers-- <= 0) {
                throw mistake;
            }
            return inside.choose(context);
        }

        @Override
        public Target target() {
            return inside.target();
        }

        @Override
        public CompletionStage<LoadBalancer> whenReady(Duration limit) {
            return inside.whenReady(limit);
        }

        @Override
        public Snapshot snapshot() {
            return inside.snapshot();
        }

        @Override
        public void close() {
            inside.close();
        }
    }

    /** The answer of an attempt, as an exchange sees it that breaks in one place. */
    private static final class Breaking implements AsyncExchange<Hands.Answer> {
        private final Hands hands;
        private final Between place;
        private final IllegalStateException mistake = new IllegalStateException("a mistake of the exchange");

        Breaking(Hands hands, Between place) {
            this.hands = hands;
            this.place = place;
        }

        @Override
        public CompletableFuture<Hands.Answer> send(Lease lease) {
            return hands.send(lease);
        }

        @Override
        public Outcome outcomeOf(Hands.Answer answer) {
            return hands.outcomeOf(answer);
        }

        @Override
        public Outcome outcomeOf(Throwable error) {
            return hands.outcomeOf(error);
        }

        @Override
        public void discard(Hands.Answer answer) {
            hands.discard(answer);
            if (place == Between.DISCARD) {
                throw mistake;
            }
        }

        @Override
        public boolean canSendAgain() {
            if (place == Between.CAN_SEND_AGAIN) {
                throw mistake;
            }
            return true;
        }

        @Override
        public boolean keepsLease() {
            if (place == Between.KEEPS_LEASE) {
                throw mistake;
            }
            return false;
        }
    }

    /** A lone withdrawal at a time: whoever does not give it back is found out by the next. */
    private static Terms oneAtATime(Hands hands, String... settings) {
        Map<String, String> said = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            said.put(settings[i], settings[i + 1]);
        }
        said.put("budget.mode", "concurrent");
        said.put("budget.percent", "0");
        said.put("budget.min-concurrent", "1");
        AttemptsConfig config = BalancerConfig.of(said).attempts();
        return new Terms(
                config, new ServiceBudget(config.budget(), config.hedge().percent(), hands.clock), null);
    }

    private static Outcome failureFor(Between place) {
        // Whoever is asked to wait is asked about only where nobody else is left.
        return place == Between.PICKER_ASKED_WHO_IS_LEFT
                ? new Outcome.Failure(Origin.GATEWAY, Delivery.SENT, Duration.ofMillis(1))
                : Outcome.failure(Origin.LOCAL, Delivery.SENT);
    }

    @ParameterizedTest
    @EnumSource(Between.class)
    void what_breaks_between_attempts_that_do_not_block_leaves_nothing_open(Between place) {
        boolean hedged = place == Between.PICKER_ASKED_FOR_A_HEDGE;
        try (Hands hands = new Hands(3)) {
            MistakenPolicy policy = new MistakenPolicy(hands.orders);
            Terms terms = hedged
                    ? oneAtATime(hands, "hedge.delay", "10ms", "hedge.percent", "100")
                    : oneAtATime(hands, "retry.backoff", "5ms");
            Attempts attempts = hands.attemptsOn(policy, terms);
            Breaking exchange = new Breaking(hands, place);
            CompletableFuture<Hands.Answer> call = attempts.send(PickContext.NONE, Safety.IDEMPOTENT, exchange);
            switch (place) {
                case KEEPS_LEASE -> hands.last().answer("hello");
                case CAN_SEND_AGAIN, DISCARD ->
                    hands.last().answer("busy", Outcome.failure(Origin.GATEWAY, Delivery.SENT));
                case PICKER_ASKED_WHO_IS_LEFT, PICKER_ASKED_FOR_THE_NEXT -> {
                    policy.goodAnswers = 0;
                    hands.last().answer("busy", failureFor(place));
                    hands.pass(100);
                }
                case PICKER_ASKED_FOR_A_HEDGE -> {
                    policy.goodAnswers = 1; // The look before it.
                    hands.pass(100);
                }
            }
            assertThat(call)
                    .as("the caller hears of it")
                    .failsWithin(Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isIn(exchange.mistake, policy.mistake);
            assertThat(hands.inFlight()).isZero();
            assertThat(hands.discarded).hasSize(hedged ? 0 : 1);
            assertThat(terms.budget().retries().tryWithdraw())
                    .as("what was withdrawn was given back")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Between.class,
            names = {"PICKER_ASKED_WHO_IS_LEFT", "PICKER_ASKED_FOR_THE_NEXT"})
    void what_breaks_between_attempts_that_block_leaves_nothing_open(Between place) {
        try (Hands hands = new Hands(3)) {
            MistakenPolicy policy = new MistakenPolicy(hands.orders);
            Terms terms = oneAtATime(hands, "retry.backoff", "off");
            List<String> discarded = new ArrayList<>();
            Exchange<String, IOException> exchange = new Exchange<>() {
                @Override
                public String send(Lease lease) {
                    policy.goodAnswers = 0;
                    return "busy";
                }

                @Override
                public Outcome outcomeOf(String answer) {
                    return failureFor(place);
                }

                @Override
                public Outcome outcomeOf(Exception error) {
                    return Outcome.CANCELLED;
                }

                @Override
                public void discard(String answer) {
                    discarded.add(answer);
                }

                @Override
                public IOException failure(Exception reason) {
                    return new IOException(reason);
                }
            };
            Attempts attempts = hands.attemptsOn(policy, terms);
            assertThatThrownBy(() -> attempts.call(PickContext.NONE, Safety.IDEMPOTENT, exchange))
                    .isSameAs(policy.mistake);
            assertThat(hands.inFlight()).isZero();
            assertThat(discarded).containsExactly("busy");
            assertThat(terms.budget().retries().tryWithdraw())
                    .as("what was withdrawn was given back")
                    .isTrue();
            assertThat(hands.heard()).anyMatch(event -> event.startsWith("called") && event.contains("Cancelled"));
        }
    }

    @Test
    void an_attempt_that_timed_out_is_taken_back_even_if_the_exchange_breaks_then() {
        try (Hands hands = new Hands(2, "retry.timeout", "10ms")) {
            CompletableFuture<Hands.Answer> call = hands.attempts.send(
                    PickContext.NONE, Safety.IDEMPOTENT, new Breaking(hands, Between.CAN_SEND_AGAIN));
            hands.pass(10);
            assertThat(call).isCompletedExceptionally();
            assertThat(hands.last().future()).isCancelled();
            assertThat(hands.inFlight()).isZero();
        }
    }
}
