package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.attempt.Exchange;
import io.inmesh.balancer.attempt.Safety;
import io.inmesh.balancer.budget.RetryBudget;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.engine.ServiceConfigs;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.Seeds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gRPC door's repeats come from the budget that all doors of the service share. */
class GrpcBudgetTest {
    /** Two failures empty it; then nothing is repeated. */
    private static final String TOKENS = "budget.mode=tokens&budget.max-tokens=3&budget.token-ratio=0.001";

    private final FakeClock clock = new FakeClock();
    private final HeardEvents events = new HeardEvents();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.clock(clock).observer(events));
    private final AtomicInteger sentByJava = new AtomicInteger();

    @AfterEach
    void close() {
        door.close();
    }

    static LongStream seeds() {
        return Seeds.all();
    }

    private List<TestBackend> unavailable() throws Exception {
        List<TestBackend> bad = List.of(unavailableOne(), unavailableOne(), unavailableOne());
        door.publish(bad);
        return bad;
    }

    private TestBackend unavailableOne() throws Exception {
        return door.closedAtEnd(
                TestBackend.start((request, answer) -> answer.onError(Status.UNAVAILABLE.asRuntimeException())));
    }

    private static int calls(List<TestBackend> backends) {
        return backends.stream().mapToInt(TestBackend::calls).sum();
    }

    /** Each attempt is answered with a failure that another endpoint might not have. */
    private final class Failing implements Exchange<Outcome, IOException> {
        @Override
        public Outcome send(Lease lease) {
            sentByJava.incrementAndGet();
            return Outcome.failure(Origin.GATEWAY, Delivery.SENT);
        }

        @Override
        public Outcome outcomeOf(Outcome answer) {
            return answer;
        }

        @Override
        public Outcome outcomeOf(Exception error) {
            return Outcome.CANCELLED;
        }

        @Override
        public IOException failure(Exception reason) {
            return new IOException(reason);
        }
    }

    @Test
    void what_plain_java_has_used_up_grpc_has_not() throws Exception {
        List<TestBackend> bad = unavailable();
        String settings = "?eject.enabled=false&retry.backoff=off&" + TOKENS;
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + settings);
        GrpcDoor.failureOf(channel, TestBackend.UNSAFE); // A channel has its share from its first call on.
        try (LoadBalancer orders = door.mesh.service("orders.shop:grpc" + settings)) {
            orders.whenReady(Duration.ofSeconds(20)).toCompletableFuture().join();
            door.mesh.attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, new Failing());
            assertThat(door.mesh.engine().budgets().size()).isEqualTo(1);
        }
        int before = calls(bad);

        GrpcDoor.failureOf(channel, TestBackend.IDEMPOTENT);

        assertThat(calls(bad) - before).isEqualTo(1);
        assertThat(events.take()).contains("withheld BUDGET");
    }

    @Test
    void what_grpc_has_used_up_plain_java_has_not() throws Exception {
        List<TestBackend> bad = unavailable();
        String settings = "?eject.enabled=false&retry.backoff=off&" + TOKENS;
        try (LoadBalancer orders = door.mesh.service("orders.shop:grpc" + settings)) {
            orders.whenReady(Duration.ofSeconds(20)).toCompletableFuture().join();
            GrpcDoor.failureOf(door.channel(GrpcDoor.ORDERS + settings), TestBackend.IDEMPOTENT);
            assertThat(calls(bad)).isEqualTo(2);

            door.mesh.attempts(orders).call(PickContext.NONE, Safety.IDEMPOTENT, new Failing());

            assertThat(sentByJava).hasValue(1);
        }
    }

    @Test
    void a_channel_gives_its_share_back() throws Exception {
        unavailable();
        ManagedChannel one = door.channel(GrpcDoor.ORDERS);
        ManagedChannel other = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.failureOf(one, TestBackend.UNSAFE);
        GrpcDoor.failureOf(other, TestBackend.UNSAFE);
        assertThat(door.mesh.engine().budgets().size()).isEqualTo(1);

        one.shutdownNow();
        other.shutdownNow();

        await().until(() -> door.mesh.engine().budgets().size() == 0);
    }

    @Test
    void what_runs_is_given_back_when_it_ends() throws Exception {
        unavailable();
        // Of the calls that run none may be repeated but one, as long as that lasts.
        ManagedChannel channel = door.channel(
                GrpcDoor.ORDERS
                        + "?eject.enabled=false&retry.backoff=off&budget.mode=concurrent&budget.percent=0&budget.min-concurrent=1");
        for (int i = 0; i < 50; i++) {
            GrpcDoor.failureOf(channel, TestBackend.IDEMPOTENT);
        }
        assertThat(events.take())
                .doesNotContain("withheld BUDGET")
                .filteredOn(event -> event.startsWith("repeated"))
                .hasSize(100);
    }

    /** Answers, fails, or stays silent. */
    private TestBackend moody() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        return door.closedAtEnd(TestBackend.start((request, answer) -> {
            int call = calls.incrementAndGet();
            if (call % 3 == 0) {
                answer.onNext(request);
                answer.onCompleted();
            } else if (call % 3 == 1) {
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&hedge.delay=1ms&hedge.percent=100&hedge.attempts=3"})
    void calls_cancelled_at_any_moment_leave_nothing_withdrawn_and_nothing_in_flight(String hedging) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        door.publish(List.of(moody(), moody(), moody()), Map.of());
        String settings =
                "?eject.enabled=false&retry.backoff=1ms&budget.mode=concurrent&budget.percent=0&budget.min-concurrent=3"
                        + hedging;
        try (LoadBalancer view = door.mesh.service("orders.shop:grpc" + settings)) {
            for (int round = 0; round < 20; round++) {
                ManagedChannel channel = door.channel(GrpcDoor.ORDERS + settings);
                List<CompletableFuture<?>> ends = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    ClientCall<String, String> call = channel.newCall(
                            TestBackend.IDEMPOTENT, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
                    ends.add(Calls.begin(call));
                    spin(random.nextInt(200_000));
                    if (random.nextBoolean()) {
                        call.cancel("test", null);
                    }
                }
                spin(random.nextInt(2_000_000));
                channel.shutdownNow();
                CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                        .join();
            }
            await().untilAsserted(() -> assertThat(view.snapshot().endpoints())
                    .hasSize(3)
                    .allSatisfy(endpoint -> assertThat(endpoint.inFlight()).isZero()));
            AttemptsConfig config = BalancerConfig.of(
                            ServiceConfigs.ofTarget(view.target(), Map.of()).values())
                    .attempts();
            RetryBudget budget =
                    door.mesh.engine().budgets().retain(GrpcDoor.KEY, config).retries();
            // An attempt that ends is taken off its endpoint first, and gives its share back a moment later.
            await().untilAsserted(() -> assertThat(withdrawnOf(budget)).containsExactly(true, true, true, false));
            door.mesh.engine().budgets().release(GrpcDoor.KEY, config);
            assertThat(events.take()).anyMatch(event -> event.startsWith(hedging.isEmpty() ? "repeated" : "hedged"));
        }
    }

    /** What four withdrawals come to, which are given back. */
    private static List<Boolean> withdrawnOf(RetryBudget budget) {
        List<Boolean> withdrawn = Stream.generate(budget::tryWithdraw).limit(4).toList();
        withdrawn.stream().filter(granted -> granted).forEach(granted -> budget.returned());
        return withdrawn;
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_total_outage_makes_no_more_attempts_than_the_budget_says(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<TestBackend> bad = unavailable();
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?eject.enabled=false&retry.backoff=off");
        int requests = 1000;
        Duration passed = Duration.ZERO;
        for (int i = 0; i < requests; i++) {
            GrpcDoor.failureOf(channel, TestBackend.IDEMPOTENT);
            Duration next = Duration.ofNanos(random.nextLong(20_000_000));
            clock.advance(next);
            passed = passed.plus(next);
        }

        assertThat((double) calls(bad)).isLessThanOrEqualTo(1.2 * requests + 10.0 * (passed.toSeconds() + 2));
        assertThat((double) calls(bad)).as("and it is used").isGreaterThan(1.15 * requests);
    }
}
