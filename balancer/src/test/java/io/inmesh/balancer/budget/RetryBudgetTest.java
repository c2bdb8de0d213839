package io.inmesh.balancer.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.BudgetConfig;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RetryBudgetTest {
    private static final Outcome BROKEN = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FakeClock clock = new FakeClock();

    static LongStream seeds() {
        return Seeds.all();
    }

    private static int withdrawals(RetryBudget budget, int tries) {
        int granted = 0;
        for (int i = 0; i < tries; i++) {
            granted += budget.tryWithdraw() ? 1 : 0;
        }
        return granted;
    }

    /** TV-RB-1. */
    @Test
    void tokens_fall_with_failures_and_half_of_them_are_not_for_repeats() {
        RetryBudget budget = new TokenBudget(10, 0.1);
        for (int failure = 1; failure <= 4; failure++) {
            budget.told(BROKEN);
            assertThat(budget.tryWithdraw()).as("%s left", 10 - failure).isTrue();
        }
        budget.told(BROKEN);
        assertThat(budget.tryWithdraw()).as("5 left").isFalse();
        budget.told(Outcome.SUCCESS);
        assertThat(budget.tryWithdraw()).as("5.1 left").isTrue();
    }

    @Test
    void tokens_are_neither_more_than_all_nor_less_than_none() {
        RetryBudget budget = new TokenBudget(10, 0.1);
        for (int i = 0; i < 100; i++) {
            budget.told(Outcome.SUCCESS);
        }
        for (int i = 0; i < 5; i++) {
            budget.told(Outcome.TIMEOUT);
        }
        assertThat(budget.tryWithdraw()).isFalse();
        for (int i = 0; i < 100; i++) {
            budget.told(Outcome.OVERLOADED);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(budget.tryWithdraw()).isFalse();
            budget.told(Outcome.CLIENT_ERROR);
            budget.told(Outcome.CANCELLED);
        }
        budget.told(Outcome.SUCCESS);
        assertThat(budget.tryWithdraw()).as("5.1 left").isTrue();
    }

    @Test
    void a_ratio_gives_its_share_of_requests_and_some_a_second_besides() {
        RetryBudget budget = new RatioBudget(20, 10, clock);
        assertThat(withdrawals(budget, 100)).as("without any request").isEqualTo(10);
        for (int i = 0; i < 100; i++) {
            budget.deposit();
        }
        assertThat(withdrawals(budget, 100)).isEqualTo(20);
        clock.advance(Duration.ofSeconds(1));
        assertThat(withdrawals(budget, 100)).as("the next second's").isEqualTo(10);
        clock.advance(Duration.ofSeconds(10));
        assertThat(withdrawals(budget, 100))
                .as("requests of 11 s ago do not count")
                .isEqualTo(10);
    }

    @Test
    void a_ratio_of_nothing_gives_nothing() {
        RetryBudget budget = new RatioBudget(0, 0, clock);
        for (int i = 0; i < 100; i++) {
            budget.deposit();
        }
        assertThat(withdrawals(budget, 100)).isZero();
    }

    @Test
    void what_runs_gives_a_share_of_itself_and_three_in_any_case() {
        RetryBudget budget = new ConcurrentBudget(20, 3);
        assertThat(withdrawals(budget, 10)).isEqualTo(3);
        budget.returned();
        assertThat(withdrawals(budget, 10)).isEqualTo(1);
        for (int i = 0; i < 50; i++) {
            budget.deposit();
        }
        assertThat(withdrawals(budget, 100)).as("10 of 50").isEqualTo(7);
        for (int i = 0; i < 50; i++) {
            budget.ended();
        }
        for (int i = 0; i < 7; i++) {
            budget.returned();
        }
        assertThat(withdrawals(budget, 10)).isZero();
    }

    /** Everyone asks all the time: what is granted is the most there ever is. */
    @ParameterizedTest
    @MethodSource("seeds")
    void of_ten_seconds_that_end_with_a_repeat_never_more_than_the_share_are_repeats(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RecentShare share = new RecentShare(20, clock, clock.nanoTime());
        List<Long> requests = new ArrayList<>();
        List<Long> repeats = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            // Bursts and pauses, so that slices are full and empty.
            clock.advance(Duration.ofNanos(
                    random.nextInt(50) == 0 ? random.nextLong(8 * SECOND) : random.nextLong(SECOND / 50)));
            if (random.nextInt(3) > 0) {
                share.deposit();
                requests.add(clock.nanoTime());
            }
            if (share.take() != 0) {
                repeats.add(clock.nanoTime());
                long from = clock.nanoTime() - 10 * SECOND;
                long recentRequests = countAfter(requests, from);
                assertThat(countAfter(repeats, from) * 5).as("step %s", step).isLessThanOrEqualTo(recentRequests);
            }
        }
        assertThat(repeats.size() * 5).as("all in all").isLessThanOrEqualTo(requests.size());
        assertThat(repeats).as("and they are not withheld either").hasSizeGreaterThan(requests.size() / 10);
    }

    private static long countAfter(List<Long> moments, long from) {
        long count = 0;
        for (int i = moments.size() - 1; i >= 0 && moments.get(i) > from; i--) {
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_total_outage_costs_its_share_and_its_seconds_and_no_more(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RetryBudget budget = new RatioBudget(20, 10, clock);
        long requests = 0;
        long repeats = 0;
        while (clock.nanoTime() < 60 * SECOND) {
            budget.deposit();
            requests++;
            repeats += withdrawals(budget, 2);
            clock.advance(Duration.ofNanos(random.nextLong(SECOND / 100)));
            double seconds = Math.ceil((double) (clock.nanoTime() + 1) / SECOND);
            assertThat((double) repeats).isLessThanOrEqualTo(0.2 * requests + 10 * seconds);
        }
        assertThat(repeats).as("what there is, is given").isGreaterThan((long) (0.15 * requests) + 500);
    }

    @Test
    void threads_that_ask_at_once_get_no_more_than_one() throws Exception {
        RecentShare share = new RecentShare(5, clock, clock.nanoTime());
        ConcurrentBudget concurrent = new ConcurrentBudget(0, 3);
        for (int i = 0; i < 1000; i++) {
            share.deposit();
        }
        AtomicInteger shares = new AtomicInteger();
        AtomicInteger withdrawn = new AtomicInteger();
        Together.run(8, thread -> {
            for (int i = 0; i < 1000; i++) {
                if (share.take() != 0) {
                    shares.incrementAndGet();
                }
                if (concurrent.tryWithdraw()) {
                    withdrawn.incrementAndGet();
                }
            }
        });
        assertThat(shares).hasValueBetween(1, 50);
        assertThat(withdrawn).hasValueBetween(1, 3);
    }

    @Test
    void what_every_request_does_allocates_nothing() {
        ServiceBudget[] budgets = List.of("ratio", "tokens", "concurrent").stream()
                .map(mode -> new ServiceBudget(budgetOf(mode), 5, clock))
                .toArray(ServiceBudget[]::new);
        double bytes = Allocation.bytesPerRun(() -> {
            for (ServiceBudget budget : budgets) {
                budget.begun();
                budget.retries().told(Outcome.SUCCESS);
                budget.retries().told(BROKEN);
                budget.ended();
            }
        });
        assertThat(bytes).isLessThan(Allocation.NOTHING);
    }

    private static BudgetConfig budgetOf(String mode) {
        return BalancerConfig.of(Map.of("budget.mode", mode)).attempts().budget();
    }

    @Test
    void a_hedge_is_withdrawn_from_both_and_given_back_to_the_limit_where_the_budget_is_used_up() {
        ServiceBudget none = new ServiceBudget(
                BalancerConfig.of(Map.of("budget.percent", "0", "budget.min-per-second", "0"))
                        .attempts()
                        .budget(),
                5,
                clock);
        ServiceBudget some = new ServiceBudget(AttemptsConfig.DEFAULT.budget(), 5, clock);
        assertThat(some.tryHedge()).isEqualTo(ServiceBudget.Hedging.LIMIT_REACHED);
        for (int i = 0; i < 20; i++) {
            none.begun();
            some.begun();
        }
        for (int i = 0; i < 3; i++) {
            assertThat(none.tryHedge()).isEqualTo(ServiceBudget.Hedging.BUDGET_USED_UP);
        }
        assertThat(some.tryHedge()).isEqualTo(ServiceBudget.Hedging.GRANTED);
        assertThat(some.tryHedge()).isEqualTo(ServiceBudget.Hedging.LIMIT_REACHED);
        assertThat(withdrawals(some.retries(), 100))
                .as("4 and 10, less the hedge")
                .isEqualTo(13);
    }

    @Test
    void callers_of_a_service_with_other_shares_of_hedges_have_one_budget_all_the_same() {
        BudgetsByService budgets = new BudgetsByService(clock);
        ServiceKey orders = ServiceKey.of(TestEndpoints.TARGET);
        AttemptsConfig five = BalancerConfig.of(Map.of("budget.mode", "tokens")).attempts();
        AttemptsConfig whole = BalancerConfig.of(
                        Map.of("budget.mode", "tokens", "hedge.delay", "10ms", "hedge.percent", "100"))
                .attempts();
        ServiceBudget first = budgets.retain(orders, five);
        ServiceBudget second = budgets.retain(orders, whole);
        assertThat(second.retries()).isSameAs(first.retries());
        assertThat(budgets.retain(orders, five)).isSameAs(first);
        assertThat(budgets.size()).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            first.begun();
            second.begun();
        }
        assertThat(first.tryHedge()).isEqualTo(ServiceBudget.Hedging.LIMIT_REACHED);
        assertThat(second.tryHedge()).isEqualTo(ServiceBudget.Hedging.GRANTED);
        for (int i = 0; i < 5; i++) {
            first.retries().told(BROKEN);
        }
        assertThat(second.tryHedge()).as("the other one's failures").isEqualTo(ServiceBudget.Hedging.BUDGET_USED_UP);
        budgets.release(orders, five);
        budgets.release(orders, whole);
        assertThat(budgets.retain(orders, whole).retries()).as("still in use").isSameAs(first.retries());
        budgets.release(orders, whole);
        budgets.release(orders, five);
        assertThat(budgets.size()).isZero();
        assertThat(budgets.retain(orders, five).retries()).as("begun anew").isNotSameAs(first.retries());
    }
}
