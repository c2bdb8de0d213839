package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.RejectedException;
import io.inmesh.balancer.attempt.Hands.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent again, when, and what the caller gets; step by step, on a clock that stands. */
class RepeatsTest {
    private static final Outcome REFUSED = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);
    private static final Outcome NOT_PROCESSED = Outcome.failure(Origin.LOCAL, Delivery.NOT_PROCESSED);
    private static final Outcome RESET = Outcome.failure(Origin.LOCAL, Delivery.SENT);
    private static final Outcome UNAVAILABLE = Outcome.failure(Origin.GATEWAY, Delivery.SENT);

    @Test
    void an_answer_ends_the_call() {
        try (Hands orders = new Hands(2)) {
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            assertThat(orders.inFlight()).isEqualTo(1);
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
            assertThat(orders.sent).hasSize(1);
            assertThat(orders.heard()).last().isEqualTo("called 1 Success[]");
        }
    }

    @Test
    void an_answer_may_take_its_lease_along() {
        try (Hands orders = new Hands(2)) {
            orders.keepsLease = true;
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            orders.last().answer("hello");
            call.join();
            assertThat(orders.inFlight()).isEqualTo(1);
            assertThat(orders.last().lease().complete(Outcome.SUCCESS)).isTrue();
        }
    }

    @Test
    void the_first_repeat_after_nothing_was_sent_goes_at_once_and_is_free_and_the_second_is_not() {
        try (Hands orders = new Hands(4, "budget.percent", "0", "budget.min-per-second", "0")) {
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            orders.last().fail(REFUSED);
            assertThat(orders.sentTo()).hasSize(2).doesNotHaveDuplicates();
            orders.last().fail(REFUSED);
            assertThat(call).isCompletedExceptionally();
            assertThat(orders.sent).hasSize(2);
            assertThat(orders.heard()).contains("withheld BUDGET", "called 2 " + REFUSED);
        }
    }

    @Test
    void what_the_peer_proved_not_to_have_processed_is_repeated_however_unsafe_but_not_free() {
        try (Hands orders = new Hands(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            orders.last().fail(NOT_PROCESSED);
            orders.pass(25);
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
            assertThat(orders.sentTo()).hasSize(2).doesNotHaveDuplicates();
        }
        try (Hands orders = new Hands(3, "budget.percent", "0", "budget.min-per-second", "0")) {
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            orders.last().fail(NOT_PROCESSED);
            assertThat(call).isCompletedExceptionally();
        }
    }

    @Test
    void what_cannot_be_sent_another_time_fails_as_its_only_attempt_did() {
        try (Hands orders = new Hands(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.canSendAgain = false;
            orders.last().fail(RESET);
            assertThat(call).isCompletedExceptionally();
            assertThat(orders.sent).hasSize(1);
            assertThat(orders.heard()).doesNotContain("withheld BUDGET").last().isEqualTo("called 1 " + RESET);
        }
        try (Hands orders = new Hands(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.canSendAgain = false;
            orders.last().answer("503", UNAVAILABLE);
            assertThat(call.join().text()).as("the answer is the caller's").isEqualTo("503");
        }
    }

    @ParameterizedTest
    @CsvSource({
        // draw, waits before the second and third attempt in ms
        "-9223372036854775808, 25, 50", // the middle
        "0, 20, 40", // the lowest: 20 % less
        "-1, 30, 60" // the highest: 20 % more, all but a hair
    })
    void waits_double_and_are_20_percent_shorter_or_longer_by_chance(long draw, int first, int second) {
        try (Hands orders = new Hands(4)) {
            orders.draw = draw;
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().answer("503", UNAVAILABLE);
            orders.pass(first - 1);
            assertThat(orders.sent).hasSize(1);
            orders.pass(1);
            assertThat(orders.sent).hasSize(2);
            orders.last().fail(RESET);
            orders.pass(second - 1);
            assertThat(orders.sent).hasSize(2);
            orders.pass(1);
            assertThat(orders.sent).hasSize(3);
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
            assertThat(orders.discarded).extracting(Answer::text).containsExactly("503");
            assertThat(orders.sentTo()).doesNotHaveDuplicates();
        }
    }

    @Test
    void no_wait_is_longer_than_the_longest() {
        try (Hands orders = new Hands(5, "retry.attempts", "5", "retry.backoff", "25ms", "retry.max-backoff", "40ms")) {
            orders.begin(Safety.IDEMPOTENT);
            orders.last().fail(RESET);
            orders.pass(25);
            for (int attempt = 2; attempt < 5; attempt++) {
                assertThat(orders.sent).hasSize(attempt);
                orders.last().fail(RESET);
                orders.pass(39);
                assertThat(orders.sent).hasSize(attempt);
                orders.pass(1);
            }
            orders.last().fail(RESET);
            assertThat(orders.sentTo()).hasSize(5).doesNotHaveDuplicates();
        }
    }

    @Test
    void one_attempt_means_no_repeat_at_all() {
        try (Hands orders = new Hands(3, "retry.attempts", "1")) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().fail(REFUSED);
            assertThat(call).isCompletedExceptionally();
            assertThat(orders.sent).hasSize(1);
        }
    }

    @Test
    void what_another_endpoint_cannot_do_better_ends_the_call() {
        Outcome[] finals = {
            Outcome.failure(Origin.EXTERNAL, Delivery.SENT), Outcome.CLIENT_ERROR, Outcome.OVERLOADED, Outcome.CANCELLED
        };
        for (Outcome outcome : finals) {
            try (Hands orders = new Hands(3)) {
                CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
                orders.last().answer("the first word", outcome);
                assertThat(call.join().text()).as("%s", outcome).isEqualTo("the first word");
                assertThat(orders.sent).hasSize(1);
            }
        }
    }

    @Test
    void an_attempt_that_the_client_itself_gave_up_is_followed_by_one_elsewhere() {
        try (Hands orders = new Hands(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().fail(Outcome.TIMEOUT);
            orders.pass(30);
            assertThat(orders.sentTo()).doesNotHaveDuplicates().hasSize(2);
            orders.last().fail(Outcome.TIMEOUT);
            orders.pass(60);
            orders.last().fail(Outcome.TIMEOUT);
            assertThat(call).as("with what the last one did").isCompletedExceptionally();
            assertThat(orders.sentTo()).doesNotHaveDuplicates().hasSize(3);
        }
    }

    @Test
    void nothing_follows_it_where_the_budget_or_the_deadline_has_no_room() {
        for (String[] settings : new String[][] {
            {"budget.percent", "0", "budget.min-per-second", "0"},
            {"retry.deadline", "10ms"}
        }) {
            try (Hands orders = new Hands(3, settings)) {
                CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
                orders.last().fail(Outcome.TIMEOUT);
                assertThat(call).isCompletedExceptionally();
                assertThat(orders.sent).hasSize(1);
            }
        }
    }

    @Test
    void an_unsafe_request_that_was_sent_is_not_repeated() {
        for (Outcome outcome :
                new Outcome[] {RESET, UNAVAILABLE, Outcome.TIMEOUT, new Outcome.Overloaded(Duration.ofMillis(1))}) {
            try (Hands orders = new Hands(3)) {
                CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
                orders.last().fail(outcome);
                assertThat(call).as("%s", outcome).isCompletedExceptionally();
                assertThat(orders.sent).hasSize(1);
            }
        }
    }

    @Test
    void an_overloaded_service_is_asked_again_when_it_said_instead_of_after_the_backoff() {
        try (Hands orders = new Hands(3)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().answer("429", new Outcome.Overloaded(Duration.ofSeconds(2)));
            orders.pass(1999);
            assertThat(orders.sent).hasSize(1);
            orders.pass(1);
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @CsvSource({
        // what the endpoint said in ms, the deadline, why nothing is sent
        "-1,    60s, PUSHBACK",
        "60000, 60s, DEADLINE",
        "2000,  1s,  DEADLINE",
        "5001,  off, PUSHBACK"
    })
    void a_pushback_that_is_negative_or_does_not_fit_forbids_the_repeat(long millis, String deadline, String why) {
        try (Hands orders = new Hands(3, "retry.deadline", deadline)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().answer("429", new Outcome.Overloaded(Duration.ofMillis(millis)));
            assertThat(call.join().text()).isEqualTo("429");
            assertThat(orders.heard()).contains("withheld " + why);
        }
    }

    @Test
    void what_a_failing_endpoint_wishes_others_need_not_wait_for_but_it_may_be_the_only_one() {
        Outcome failed = new Outcome.Failure(Origin.GATEWAY, Delivery.SENT, Duration.ofSeconds(3));
        try (Hands orders = new Hands(2)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().answer("503", failed);
            orders.pass(25);
            assertThat(orders.sentTo()).hasSize(2).doesNotHaveDuplicates();
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
        }
        try (Hands orders = new Hands(1)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().answer("503", failed);
            orders.pass(2999);
            assertThat(orders.sent).hasSize(1);
            orders.pass(1);
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
        }
        Outcome never = new Outcome.Failure(Origin.GATEWAY, Delivery.SENT, Duration.ofSeconds(-1));
        try (Hands orders = new Hands(2)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().answer("503", never);
            assertThat(call.join().text()).isEqualTo("503");
            assertThat(orders.heard()).contains("withheld PUSHBACK");
        }
    }

    @Test
    void an_idempotent_request_leaves_an_endpoint_that_does_not_answer_in_time() {
        try (Hands orders = new Hands(3, "retry.timeout", "1s")) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(999);
            assertThat(orders.last().future()).isNotDone();
            orders.pass(1);
            assertThat(orders.last().future()).isCancelled();
            orders.pass(25);
            assertThat(orders.sentTo()).hasSize(2).doesNotHaveDuplicates();
            orders.last().answer("hello");
            assertThat(call.join().text()).isEqualTo("hello");
            assertThat(orders.heard())
                    .contains("completed " + orders.sentTo().get(0).address() + " Timeout[] -1");
        }
    }

    @Test
    void an_unsafe_request_fails_with_its_timeout_and_so_does_the_last_attempt_of_others() {
        try (Hands orders = new Hands(3, "retry.timeout", "1s")) {
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            orders.pass(1000);
            assertThatThrownBy(call::join)
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining(
                            "no answer from " + orders.last().endpoint().address())
                    .hasMessageContaining("PT1S");
            assertThat(orders.sent).hasSize(1);

            CompletableFuture<Answer> safe = orders.call(Safety.IDEMPOTENT);
            orders.pass(10_000);
            assertThat(safe).isCompletedExceptionally();
            assertThat(orders.sent).hasSize(4);
            assertThat(orders.heard()).last().isEqualTo("called 3 Timeout[]");
        }
    }

    @Test
    void the_deadline_ends_all_and_a_repeat_that_would_begin_after_it_is_not_waited_for() {
        try (Hands orders = new Hands(3, "retry.deadline", "1s")) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.pass(1000);
            assertThat(orders.last().future()).isCancelled();
            assertThatThrownBy(call::join)
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining("after 1 attempt");

            CompletableFuture<Answer> late = orders.call(Safety.IDEMPOTENT);
            orders.pass(975);
            orders.last().answer("503", UNAVAILABLE);
            assertThat(late.join().text()).isEqualTo("503");
            assertThat(orders.heard()).contains("withheld DEADLINE");
        }
    }

    @Test
    void a_call_may_have_a_deadline_of_its_own() {
        try (Hands orders = new Hands(3, "retry.deadline", "1s")) {
            CompletableFuture<Answer> call =
                    orders.attempts.within(Duration.ofSeconds(5)).send(PickContext.NONE, Safety.UNSAFE, orders);
            orders.pass(4999);
            assertThat(call).isNotDone();
            orders.pass(1);
            assertThat(call).isCompletedExceptionally();
            assertThatThrownBy(() -> orders.attempts.within(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT0S")
                    .hasMessageContaining("above zero");
        }
    }

    @Test
    void a_caller_that_cancels_takes_back_what_runs_and_what_waits() {
        try (Hands orders = new Hands(3, "budget.mode", "concurrent", "budget.min-concurrent", "1")) {
            CompletableFuture<Answer> running = orders.call(Safety.IDEMPOTENT);
            running.cancel(true);
            assertThat(orders.last().future()).isCancelled();
            assertThat(orders.heard()).endsWith("called 1 Cancelled[]");

            for (int round = 0; round < 3; round++) { // Each gives back what it withdrew, or the next could not wait.
                CompletableFuture<Answer> waiting = orders.call(Safety.IDEMPOTENT);
                orders.last().fail(RESET);
                assertThat(orders.clock.timers()).isEqualTo(1);
                waiting.cancel(true);
                assertThat(orders.clock.timers()).isZero();
            }
            orders.pass(1000);
            assertThat(orders.sent).hasSize(4);
        }
    }

    @Test
    void a_caller_may_end_the_call_in_any_way_and_what_comes_after_is_discarded() {
        try (Hands orders = new Hands(1)) {
            orders.stubborn = true;
            CompletableFuture<Answer> call = orders.call(Safety.UNSAFE);
            call.completeExceptionally(new TimeoutException("the caller's own"));
            assertThat(orders.inFlight()).isZero();
            orders.last().answer("too late");
            assertThat(orders.discarded).extracting(Answer::text).containsExactly("too late");
        }
    }

    @Test
    void a_rejection_is_the_exchanges_to_tell() {
        try (Hands orders = new Hands(0)) {
            assertThatThrownBy(orders.call(Safety.IDEMPOTENT)::join)
                    .hasCauseInstanceOf(RejectedException.class)
                    .hasMessageContaining("NO_ENDPOINTS");
            assertThat(orders.heard()).containsExactly("called 0 " + REFUSED);
        }
    }

    @Test
    void a_repeat_that_finds_no_endpoint_ends_the_call() {
        try (Hands orders = new Hands(2)) {
            CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
            orders.last().fail(RESET);
            orders.publish(0);
            orders.pass(25);
            assertThatThrownBy(call::join).hasCauseInstanceOf(RejectedException.class);
            assertThat(orders.heard()).noneMatch(event -> event.startsWith("repeated"));
        }
    }

    @Test
    void what_the_exchange_throws_is_a_mistake_and_ends_the_call() {
        try (Hands orders = new Hands(2)) {
            AsyncExchange<Answer> mistaken = new AsyncExchange<>() {
                @Override
                public CompletableFuture<Answer> send(Lease lease) {
                    orders.sent.add(new Hands.Sent(lease, new CompletableFuture<>()));
                    throw new IllegalStateException("a bug");
                }

                @Override
                public Outcome outcomeOf(Answer answer) {
                    throw new AssertionError("nothing was answered");
                }

                @Override
                public Outcome outcomeOf(Throwable error) {
                    throw new AssertionError("nothing failed");
                }
            };
            assertThatThrownBy(orders.attempts.send(PickContext.NONE, Safety.IDEMPOTENT, mistaken)::join)
                    .hasRootCauseMessage("a bug");
            assertThat(orders.sent).hasSize(1);
        }
    }

    @Test
    void a_mesh_that_closes_lets_a_waiting_call_come_to_its_end() {
        Hands orders = new Hands(2);
        CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
        orders.last().fail(RESET);
        orders.mesh.close();
        orders.clock.runDue();
        orders.pass(25);
        assertThatThrownBy(call::join).hasMessageContaining("CLOSED");
        orders.close();
    }

    /** How the attempts of a call ended whose deadline of 1 s has passed, in the order in which they began. */
    private static List<String> endsAtDeadline(Hands orders) {
        CompletableFuture<Answer> call = orders.call(Safety.IDEMPOTENT);
        orders.pass(300);
        if (orders.sent.size() == 1) {
            orders.pass(300);
            orders.last().fail(RESET);
        }
        orders.pass(700);
        assertThat(call).isCompletedExceptionally();
        return orders.heard().stream()
                .filter(event -> event.startsWith("completed"))
                .map(event -> event.replaceAll("^completed \\S+ |\\[.*", ""))
                .toList();
    }

    @Test
    void the_deadline_blames_whoever_was_asked_the_longest_and_none_who_had_no_time() {
        try (Hands alone = new Hands(3, "retry.deadline", "1s")) {
            CompletableFuture<Answer> call = alone.call(Safety.UNSAFE);
            alone.pass(1000);
            assertThat(call).isCompletedExceptionally();
            assertThat(alone.heard()).anyMatch(event -> event.startsWith("completed") && event.contains("Timeout"));
        }
        try (Hands hedged = new Hands(
                3, "retry.deadline", "1s", "hedge.delay", "100ms", "hedge.attempts", "2", "hedge.percent", "100")) {
            assertThat(endsAtDeadline(hedged)).containsExactly("Timeout", "Cancelled");
        }
        try (Hands repeated = new Hands(3, "retry.deadline", "1s")) {
            assertThat(endsAtDeadline(repeated))
                    .as("the repeat had 0.4 s")
                    .hasSize(2)
                    .last()
                    .isEqualTo("Cancelled");
        }
    }
}
