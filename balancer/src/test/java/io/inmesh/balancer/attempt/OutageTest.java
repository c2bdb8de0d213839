package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What repeats and hedges cost a service, at most: simulated traffic on a clock that jumps. */
class OutageTest {
    private static final int SECONDS = 60;
    private static final Outcome UNAVAILABLE = Outcome.failure(Origin.GATEWAY, Delivery.SENT);
    private static final Outcome REFUSED = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);

    private final FakeClock clock = new FakeClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private long requests;
    private long sent;

    static LongStream seeds() {
        return Seeds.all();
    }

    /** Answers after a while drawn by chance, by what the supplier says. */
    private final class Answering implements AsyncExchange<Outcome> {
        private final Supplier<Outcome> outcome;
        private final Supplier<Duration> time;

        Answering(Supplier<Outcome> outcome, Supplier<Duration> time) {
            this.outcome = outcome;
            this.time = time;
        }

        @Override
        public CompletableFuture<Outcome> send(Lease lease) {
            sent++;
            CompletableFuture<Outcome> answer = new CompletableFuture<>();
            Outcome drawn = outcome.get();
            clock.schedule(() -> answer.complete(drawn), time.get());
            return answer;
        }

        @Override
        public Outcome outcomeOf(Outcome answer) {
            return answer;
        }

        @Override
        public Outcome outcomeOf(Throwable error) {
            return Outcome.CANCELLED;
        }
    }

    private void run(Map<String, String> settings, SplittableRandom random, AsyncExchange<Outcome> exchange) {
        try (Mesh mesh = Mesh.builder()
                        .resolvers(cluster)
                        .clock(clock)
                        .scheduler(clock)
                        .random(random)
                        .defaults(settings)
                        .build();
                LoadBalancer orders = mesh.service("orders.shop:http")) {
            cluster.publish("orders.shop:http", TestEndpoints.endpoints(10));
            clock.runDue();
            Attempts attempts = mesh.attempts(orders);
            List<CompletableFuture<Outcome>> calls = new ArrayList<>();
            long end = clock.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            while (clock.nanoTime() < end) {
                requests++;
                calls.add(attempts.send(PickContext.NONE, Safety.IDEMPOTENT, exchange));
                clock.advance(Duration.ofNanos(random.nextLong(4_000_000)));
            }
            clock.advance(Duration.ofSeconds(10));
            assertThat(calls).allMatch(CompletableFuture::isDone);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_total_outage_makes_no_more_attempts_than_the_budget_says(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        run(Map.of(), random, new Answering(() -> UNAVAILABLE, () -> Duration.ofNanos(random.nextLong(5_000_000))));
        assertThat((double) sent).isLessThanOrEqualTo(1.2 * requests + 10 * (SECONDS + 1));
        assertThat((double) sent).as("and it is used").isGreaterThan(1.15 * requests);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void where_connections_are_refused_one_repeat_a_call_is_free_and_the_rest_is_not(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        run(Map.of(), random, new Answering(() -> REFUSED, () -> Duration.ofNanos(random.nextLong(5_000_000))));
        assertThat((double) sent).isLessThanOrEqualTo(2.2 * requests + 10 * (SECONDS + 1));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void hedging_alone_adds_no_more_than_its_percentage(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        // Everything is slower than the delay, so that every request asks for a hedge.
        run(
                Map.of("hedge.delay", "10ms"),
                random,
                new Answering(() -> Outcome.SUCCESS, () -> Duration.ofMillis(20 + random.nextInt(100))));
        assertThat((double) sent).isLessThanOrEqualTo(1.05 * requests);
        assertThat((double) sent).as("and it is used").isGreaterThan(1.04 * requests);
    }
}
