package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers, errors, timeouts, hedges, deadlines and cancellations on many threads at once: whatever wins, nothing is left open or ended twice. */
class AttemptsStressTest {
    private static final int THREADS = 4;
    private static final int CALLS = 1500;

    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong called = new AtomicLong();
    private final Queue<Lease> leases = new ConcurrentLinkedQueue<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong discarded = new AtomicLong();

    static LongStream seeds() {
        return Seeds.all();
    }

    private final BalancerObserver counting = new BalancerObserver() {
        @Override
        public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
            completed.incrementAndGet();
        }

        @Override
        public void called(Target target, int attempts, Outcome outcome) {
            called.incrementAndGet();
        }
    };

    /** Answers by chance, now or on another thread, and sometimes although it was cancelled. */
    private final class Chance implements AsyncExchange<String> {
        private final SplittableRandom random;
        private final Executor others;

        Chance(SplittableRandom random, Executor others) {
            this.random = random;
            this.others = others;
        }

        private synchronized int draw(int bound) {
            return random.nextInt(bound);
        }

        @Override
        public CompletableFuture<String> send(Lease lease) {
            leases.add(lease);
            int what = draw(10);
            CompletableFuture<String> answer = new CompletableFuture<>();
            Runnable ending = () -> {
                if (what < 4) {
                    if (answer.complete("hello")) {
                        answers.incrementAndGet();
                    }
                } else if (what < 7) {
                    answer.completeExceptionally(new IllegalStateException("refused " + (what < 5)));
                }
                // Else there is never an answer.
            };
            if (draw(2) == 0) {
                ending.run();
            } else {
                others.execute(ending);
            }
            return answer;
        }

        @Override
        public Outcome outcomeOf(String answer) {
            return Outcome.SUCCESS;
        }

        @Override
        public Outcome outcomeOf(Throwable error) {
            return error instanceof CancellationException
                    ? Outcome.CANCELLED
                    : Outcome.failure(
                            Origin.LOCAL,
                            String.valueOf(error.getMessage()).endsWith("true") ? Delivery.NOT_SENT : Delivery.SENT);
        }

        @Override
        public void discard(String answer) {
            discarded.incrementAndGet();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_lease_is_completed_once_and_every_answer_used_or_discarded(long seed) throws Exception {
        FakeEndpoints cluster = new FakeEndpoints("k8s");
        ExecutorService others = Executors.newFixedThreadPool(2);
        try (Mesh mesh = Mesh.builder()
                        .resolvers(cluster)
                        .observer(counting)
                        .defaults(Map.of(
                                "retry.timeout", "5ms",
                                "retry.deadline", "20ms",
                                "retry.backoff", "1ms",
                                "hedge.delay", "2ms",
                                "hedge.percent", "100",
                                "budget.min-per-second", "100000"))
                        .build();
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            cluster.publish("orders.shop:http", TestEndpoints.endpoints(5));
            orders.whenReady(Duration.ofSeconds(30)).toCompletableFuture().join();
            Attempts attempts = mesh.attempts(orders);
            AtomicInteger ended = new AtomicInteger();
            Together.run(THREADS, thread -> {
                Chance chance = new Chance(new SplittableRandom(seed + thread), others);
                List<CompletableFuture<String>> calls = new ArrayList<>();
                for (int i = 0; i < CALLS; i++) {
                    CompletableFuture<String> call = attempts.send(PickContext.NONE, Safety.IDEMPOTENT, chance);
                    calls.add(call);
                    if (chance.draw(4) == 0) {
                        others.execute(() -> call.cancel(true));
                    }
                }
                for (CompletableFuture<String> call : calls) {
                    try {
                        call.get(30, TimeUnit.SECONDS);
                        used.incrementAndGet();
                    } catch (ExecutionException | CompletionException | CancellationException e) {
                        ended.incrementAndGet();
                    }
                }
            });
            others.shutdown();
            assertThat(others.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            awaitCalls(orders);
            assertThat(used.get() + ended.get()).isEqualTo(THREADS * CALLS);
            assertThat(used.get()).isPositive();
        }
    }

    /** A caller may hear of the end a moment before the last event of its call is through. */
    private void awaitCalls(LoadBalancer orders) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(called).hasValue(THREADS * CALLS);
            assertThat(completed).hasValue(leases.size());
            assertThat(used.get() + discarded.get()).isEqualTo(answers.get());
            assertThat(orders.snapshot().endpoints())
                    .extracting(EndpointView::inFlight)
                    .containsOnly(0);
        });
        assertThat(leases)
                .allSatisfy(lease -> assertThat(lease.complete(Outcome.SUCCESS)).isFalse());
    }
}
