package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.balancer.attempt.Hands.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A second attempt beside a slow one, step by step, on a clock that stands. */
class HedgingTest {
    private static final Outcome RESET = Outcome.failure(Origin.LOCAL, Delivery.SENT);
    private static final Outcome BROKEN = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);

    /** Twenty requests that are answered at once, so that one more may be hedged. */
    private static void earnOneHedge(Hands orders) {
        for (int i = 0; i < 20; i++) {
            orders.begin(Safety.IDEMPOTENT);
            orders.last().answer("quick");
        }
        orders.sent.clear();
        orders.heard();
    }

    private static Hands hedging(int endpoints, String... more) {
        String[] settings = new String[more.length + 2];
        settings[0] = "hedge.delay";
        settings[1] = "20ms";
        System.arraycopy(more, 0, settings, 2, more.length);
        Hands orders = new Hands(endpoints, settings);
        earnOneHedge(orders);
        return orders;
    }

    @Test
    void a_slow_request_that_cannot_be_sent_another_time_is_not_hedged() {
        try (Hands orders = hedging(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.canSendAgain = false;
            orders.pass(100);
            assertThat(orders.sent).hasSize(1);
            orders.last().answer("slow");
            assertThat(call.join().text()).isEqualTo("slow");
        }
    }

    @Test
    void a_slow_request_is_sent_to_another_endpoint_and_the_first_answer_wins() {
        try (Hands orders = hedging(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(19);
            assertThat(orders.sent).hasSize(1);
            orders.pass(1);
            assertThat(orders.sentTo()).hasSize(2).doesNotHaveDuplicates();
            assertThat(orders.inFlight()).isEqualTo(2);
            orders.last().answer("of the hedge");
            assertThat(call.join().text()).isEqualTo("of the hedge");
            assertThat(orders.sent.get(0).future()).as("the loser's connection").isCancelled();
            assertThat(orders.inFlight()).isZero();
            assertThat(orders.heard())
                    .endsWith(
                            "hedged " + orders.last().endpoint().address(),
                            "completed " + orders.last().endpoint().address() + " Success[] -1",
                            "completed " + orders.sent.get(0).endpoint().address() + " Cancelled[] -1",
                            "called 2 Success[]");
        }
    }

    @Test
    void the_first_attempt_may_still_win_and_its_hedge_is_taken_back() {
        try (Hands orders = hedging(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(20);
            orders.sent.get(0).answer("of the first");
            assertThat(call.join().text()).isEqualTo("of the first");
            assertThat(orders.last().future()).isCancelled();
        }
    }

    @Test
    void an_unsafe_request_is_never_hedged() {
        try (Hands orders = hedging(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            orders.pass(10_000);
            assertThat(orders.sent).hasSize(1);
            orders.last().answer("at last");
            assertThat(call.join().text()).isEqualTo("at last");
        }
    }

    @Test
    void where_there_is_no_other_endpoint_nothing_is_hedged_or_withdrawn() {
        try (Hands orders = hedging(1)) {
            orders.begin(Safety.IDEMPOTENT);
            orders.pass(1000);
            assertThat(orders.sent).hasSize(1);
            assertThat(orders.heard()).noneMatch(event -> event.startsWith("withheld"));
            orders.last().answer("at last");
        }
    }

    @Test
    void without_requests_that_earn_it_there_is_no_hedge() {
        try (Hands orders = new Hands(3, "hedge.delay", "20ms")) {
            orders.begin(Safety.IDEMPOTENT);
            orders.pass(1000);
            assertThat(orders.sent).hasSize(1);
            assertThat(orders.heard()).contains("withheld HEDGE_LIMIT");
            orders.last().answer("at last");
        }
    }

    @Test
    void a_hedge_needs_the_budget_of_the_service_as_well() {
        try (Hands orders = hedging(3, "budget.percent", "0", "budget.min-per-second", "0")) {
            orders.begin(Safety.IDEMPOTENT);
            orders.pass(1000);
            assertThat(orders.sent).hasSize(1);
            assertThat(orders.heard()).contains("withheld BUDGET");
            orders.last().answer("at last");
        }
    }

    @Test
    void a_failure_sends_the_next_at_once_and_what_runs_goes_on() {
        try (Hands orders = hedging(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().fail(RESET);
            assertThat(orders.sentTo()).as("without a wait").hasSize(2).doesNotHaveDuplicates();
            orders.pass(20);
            assertThat(orders.sentTo()).hasSize(3).doesNotHaveDuplicates();
            orders.last().fail(RESET);
            assertThat(call).as("the second attempt runs").isNotDone();
            orders.sent.get(1).answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
        }
    }

    @Test
    void a_fatal_failure_ends_all() {
        try (Hands orders = hedging(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(20);
            orders.last().answer("500", BROKEN);
            assertThat(call.join().text()).isEqualTo("500");
            assertThat(orders.sent.get(0).future()).isCancelled();
        }
    }

    @Test
    void when_all_have_failed_the_last_failure_is_the_calls() {
        try (Hands orders = hedging(2, "retry.attempts", "2")) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(20);
            orders.sent.get(0).fail(RESET);
            assertThat(call).isNotDone();
            orders.last().answer("503", Outcome.failure(Origin.GATEWAY, Delivery.SENT));
            assertThat(call.join().text()).isEqualTo("503");
        }
    }

    @Test
    void each_attempt_has_the_time_of_an_attempt() {
        try (Hands orders = hedging(2, "retry.attempts", "2", "retry.timeout", "1s")) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(20);
            orders.pass(980);
            assertThat(orders.sent.get(0).future()).isCancelled();
            assertThat(call).isNotDone();
            orders.pass(20);
            assertThatThrownBy(call::join).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void an_answer_that_comes_too_late_is_discarded() {
        try (Hands orders = hedging(2)) {
            orders.stubborn = true;
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(20);
            orders.last().answer("the first");
            orders.sent.get(0).answer("too late");
            assertThat(call.join().text()).isEqualTo("the first");
            assertThat(orders.discarded).extracting(Answer::text).containsExactly("too late");
        }
    }

    @Test
    void several_hedges_run_at_the_same_time_if_that_is_set() {
        try (Hands orders = new Hands(
                5, "hedge.delay", "20ms", "hedge.attempts", "3", "hedge.percent", "100", "retry.attempts", "4")) {
            for (int i = 0; i < 5; i++) {
                orders.begin(Safety.IDEMPOTENT);
                orders.last().answer("quick");
            }
            orders.sent.clear();
            orders.begin(Safety.IDEMPOTENT);
            orders.pass(20);
            orders.pass(20);
            orders.pass(1000);
            assertThat(orders.sentTo()).hasSize(3).doesNotHaveDuplicates();
            orders.last().answer("hello");
        }
    }

    @Test
    void a_look_for_somebody_to_hedge_to_is_no_request_that_is_rejected() {
        try (Hands orders =
                new Hands(3, "hedge.delay", "20ms", "hedge.percent", "100", "limit.service-in-flight", "1")) {
            orders.begin(Safety.IDEMPOTENT);
            orders.pass(1000);
            assertThat(orders.sent).as("the limit is reached").hasSize(1);
            assertThat(orders.events.take()).noneMatch(event -> event.startsWith("rejected"));
            orders.publish(0);
            orders.begin(Safety.IDEMPOTENT);
            assertThat(orders.events.take())
                    .as("a request is told")
                    .filteredOn(event -> event.startsWith("rejected"))
                    .hasSize(1);
            orders.publish(1);
            orders.last().answer("hello");
        }
    }

    @Test
    void the_delay_may_be_a_percentile_of_what_answers_take_once_enough_are_known() {
        try (Hands orders = new Hands(3, "hedge.delay", "p95", "hedge.percent", "100")) {
            orders.begin(Safety.IDEMPOTENT);
            orders.pass(1000);
            assertThat(orders.sent).as("while nothing is known").hasSize(1);
            orders.last().answer("slow");
            for (int i = 0; i < 100; i++) {
                orders.begin(Safety.IDEMPOTENT);
                orders.pass(10);
                orders.last().answer("quick");
            }
            orders.pass(3000);
            orders.sent.clear();
            orders.begin(Safety.IDEMPOTENT);
            orders.pass(9);
            assertThat(orders.sent).hasSize(1);
            orders.pass(2);
            assertThat(orders.sentTo()).hasSize(2).doesNotHaveDuplicates();
            orders.last().answer("hello");
            assertThat(List.of(orders.inFlight())).containsExactly(0);
        }
    }
}
