package io.inmesh.balancer.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Usability;
import io.inmesh.api.Verdict;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.CheckConfig;
import io.inmesh.balancer.health.HealthSource;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Word;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ActiveChecksTest {
    private static final Endpoint A = TestEndpoints.endpoint(1);
    private static final Endpoint B = TestEndpoints.endpoint(2);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST_GAP = Duration.ofSeconds(11);

    /** Half of everything: first questions after half a second, then one each interval. */
    private static final RandomGenerator MIDDLE = () -> Long.MIN_VALUE;

    private final FakeClock clock = new FakeClock();
    private final Lane lane = Lane.on(clock, error -> {
        throw new AssertionError("on the lane", error);
    });
    private final Map<String, Word> words = new HashMap<>();
    private final List<CompletableFuture<Void>> questions = new ArrayList<>();
    private final List<Endpoint> asked = new ArrayList<>();
    private final HealthSource checks = checks(MIDDLE);

    private HealthSource checks(RandomGenerator random) {
        Check check = endpoint -> {
            CompletableFuture<Void> question = new CompletableFuture<>();
            questions.add(question);
            asked.add(endpoint);
            return question;
        };
        CheckConfig config =
                new CheckConfig(CheckConfig.Mode.HTTP, INTERVAL, Duration.ofSeconds(1), 3, 2, "/healthz", "");
        return new ActiveChecks(
                config,
                check,
                new HealthSource.Site(
                        ServiceKey.of(TestEndpoints.TARGET),
                        TestEndpoints.TARGET,
                        new EndpointStates(),
                        lane,
                        (endpoint, word) -> words.put(endpoint.id(), word),
                        new HealthSource.Tools(clock, clock, random, BalancerObserver.NONE, clock)));
    }

    private void endpoints(Endpoint... endpoints) {
        lane.execute(() -> checks.endpoints(List.of(endpoints)));
        clock.runDue();
    }

    /** The next question is put. */
    private void next() {
        clock.advance(questions.isEmpty() ? FIRST : INTERVAL);
    }

    /** Waits for the next question and gives it that answer. */
    private void answer(boolean well) {
        int before = questions.size();
        next();
        assertThat(questions).as("questions asked").hasSize(before + 1);
        CompletableFuture<Void> question = questions.get(before);
        if (well) {
            question.complete(null);
        } else {
            question.completeExceptionally(new Check.NotWellException("status 503"));
        }
        clock.runDue();
    }

    private Word word(Endpoint endpoint) {
        return words.getOrDefault(endpoint.id(), Word.HEALTHY);
    }

    @AfterEach
    void nothing_is_left_when_it_is_closed() {
        lane.execute(checks::close);
        clock.runDue();
        assertThat(clock.timers()).as("timers").isZero();
        assertThat(questions).as("open questions").allMatch(CompletableFuture::isDone);
    }

    @Test
    void each_usable_endpoint_is_asked_within_a_second_and_then_once_an_interval() {
        endpoints(A, B, TestEndpoints.endpoint(3).withUsability(new Usability.Draining("C-4")));
        clock.advance(Duration.ofSeconds(1));
        assertThat(asked).containsExactly(A, B);
        questions.forEach(question -> question.complete(null));
        clock.runDue();
        clock.advance(INTERVAL.minusMillis(1));
        assertThat(asked).hasSize(2);
        clock.advance(Duration.ofMillis(1));
        assertThat(asked).containsExactly(A, B, A, B);
    }

    @Test
    void gaps_are_spread_over_a_tenth_of_the_interval_to_either_side() {
        assertThat(ActiveChecks.nextDelay(INTERVAL, 0)).isEqualTo(Duration.ofSeconds(9));
        assertThat(ActiveChecks.nextDelay(INTERVAL, 0.5)).isEqualTo(INTERVAL);
        assertThat(ActiveChecks.nextDelay(INTERVAL, 1)).isEqualTo(LONGEST_GAP);
    }

    @Test
    void three_bad_answers_in_a_row_take_an_endpoint_out_and_two_good_ones_bring_it_back() {
        endpoints(A);
        answer(false);
        answer(false);
        answer(true);
        answer(false);
        answer(false);
        assertThat(words).isEmpty();
        answer(false);
        assertThat(word(A).verdict())
                .isEqualTo(new Verdict(
                        Verdict.Kind.EJECTED,
                        "active check (http /healthz) failed 3 times in a row, last: status 503"));
        answer(true);
        answer(false);
        answer(true);
        assertThat(word(A).isHealthy()).isFalse();
        answer(true);
        assertThat(words).containsEntry(A.id(), Word.HEALTHY);
    }

    @Test
    void no_answer_in_time_is_a_bad_one_and_the_question_is_taken_back() {
        endpoints(A);
        for (int i = 0; i < 3; i++) {
            next();
            assertThat(questions.get(i)).isNotDone();
            clock.advance(Duration.ofSeconds(1));
            assertThat(questions.get(i)).isCancelled();
        }
        assertThat(word(A).verdict().why()).endsWith("last: no answer within 1000 ms");
    }

    @Test
    void who_is_gone_is_not_asked_any_more_and_who_comes_back_begins_anew() {
        endpoints(A, B);
        clock.advance(Duration.ofSeconds(1));
        endpoints(B);
        assertThat(questions.get(0)).isCancelled();
        questions.get(1).complete(null);
        clock.advance(LONGEST_GAP);
        assertThat(asked).containsExactly(A, B, B);
        endpoints(A, B);
        clock.advance(Duration.ofSeconds(1));
        assertThat(asked).containsExactly(A, B, B, A);
        assertThat(words).isEmpty();
    }

    @Test
    void who_takes_over_from_another_goes_by_what_it_knows_itself() {
        Endpoint draining = A.withUsability(new Usability.Draining("C-4"));
        endpoints(A);
        answer(true);
        endpoints(draining); // Well, when it was asked last.
        HealthSource other = checks(MIDDLE);
        lane.execute(() -> other.endpoints(List.of(A, B)));
        clock.advance(FIRST);
        for (int i = 0; i < 3; i++) {
            questions.stream()
                    .filter(question -> !question.isDone())
                    .forEach(question -> question.completeExceptionally(new Check.NotWellException("status 503")));
            clock.runDue();
            clock.advance(INTERVAL);
        }
        assertThat(word(A).isHealthy()).as("to the other").isFalse();
        words.clear();
        lane.execute(() -> {
            checks.endpoints(List.of(draining, B), other);
            other.close();
            checks.endpoints(List.of(A, B));
        });
        clock.runDue();
        int before = asked.size();
        for (int i = 0; i < 3; i++) {
            clock.advance(i == 0 ? FIRST : INTERVAL);
            questions.stream()
                    .filter(question -> !question.isDone())
                    .forEach(question -> question.completeExceptionally(new Check.NotWellException("status 503")));
            clock.runDue();
        }
        assertThat(asked.subList(before, asked.size())).contains(A, B);
        assertThat(word(A).isHealthy())
                .as("three bad answers take out whom this one knew to be well")
                .isFalse();
        assertThat(words).as("B was out, and is").doesNotContainKey(B.id());
    }

    @Test
    void an_endpoint_that_drains_is_left_alone() {
        endpoints(A);
        clock.advance(Duration.ofSeconds(1));
        endpoints(A.withUsability(new Usability.Draining("C-4")));
        assertThat(questions.get(0)).isCancelled();
        clock.advance(LONGEST_GAP.multipliedBy(2));
        assertThat(asked).containsExactly(A);
    }
}
