package io.inmesh.balancer;

import static io.inmesh.balancer.FakeMesh.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WhenReadyTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FakeMesh fake = new FakeMesh();
    private final LoadBalancer orders = fake.mesh.service(ORDERS);

    @AfterEach
    void nothing_is_left_behind() {
        fake.close();
    }

    private static Endpoint e(int i) {
        return TestEndpoints.endpoint(i);
    }

    private static Rejection refusal(CompletionStage<LoadBalancer> ready) {
        CompletableFuture<LoadBalancer> future = ready.toCompletableFuture();
        assertThat(future).isCompletedExceptionally();
        try {
            return fail("ready with " + future.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RejectedException rejected) {
                return rejected.rejection();
            }
            throw e;
        }
    }

    @Test
    void it_waits_for_the_first_set_and_hands_the_balancer_out() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, LIMIT);
        assertThat(ready.toCompletableFuture()).isNotDone();
        assertThat(fake.clock.timers()).isEqualTo(1);
        fake.orders(e(1));
        assertThat(ready.toCompletableFuture()).isCompletedWithValue(orders);
        assertThat(fake.clock.timers()).as("the limit's timer is taken back").isZero();
    }

    @Test
    void once_ready_it_answers_at_once() {
        fake.orders(e(1));
        assertThat(fake.ready(orders, Duration.ZERO).toCompletableFuture()).isCompletedWithValue(orders);
        assertThat(fake.clock.timers()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"NOT_FOUND", "FORBIDDEN", "NO_SUCH_PORT", "AMBIGUOUS_PORT", "NO_ENDPOINTS"})
    void an_answer_that_is_no_set_ends_the_wait_early(Reason reason) {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, LIMIT);
        fake.say(reason, "so it is");
        assertThat(refusal(ready)).isEqualTo(new Rejection(reason, "so it is"));
        assertThat(fake.clock.timers()).isZero();
    }

    @Test
    void an_empty_set_ends_the_wait_early() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, LIMIT);
        fake.orders();
        assertThat(refusal(ready).reason()).isEqualTo(Reason.NO_ENDPOINTS);
    }

    @Test
    void after_the_limit_it_says_that_nothing_was_heard() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, LIMIT);
        fake.clock.advance(LIMIT.minusNanos(1));
        assertThat(ready.toCompletableFuture()).isNotDone();
        fake.clock.advance(Duration.ofNanos(1));
        assertThat(refusal(ready).reason()).isEqualTo(Reason.NOT_SYNCED);
        assertThat(refusal(ready).text()).contains("orders.shop:http").contains("nothing has been heard of it yet");
    }

    @Test
    void after_the_limit_it_says_what_the_source_said_last() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, LIMIT);
        fake.say(Reason.NOT_SYNCED, "the API at 127.0.0.1:1 cannot be reached: connection refused");
        assertThat(ready.toCompletableFuture()).as("no answer yet").isNotDone();
        fake.clock.advance(LIMIT);
        assertThat(refusal(ready).text()).contains("connection refused");
    }

    @Test
    void each_waits_for_its_own_limit() {
        CompletionStage<LoadBalancer> brief = fake.ready(orders, Duration.ofSeconds(1));
        CompletionStage<LoadBalancer> patient = fake.ready(orders, Duration.ofSeconds(9));
        fake.clock.advance(Duration.ofSeconds(2));
        assertThat(refusal(brief).reason()).isEqualTo(Reason.NOT_SYNCED);
        assertThat(patient.toCompletableFuture()).isNotDone();
        fake.orders(e(1));
        assertThat(patient.toCompletableFuture()).isCompletedWithValue(orders);
    }

    @Test
    void a_limit_without_end_is_no_error() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, Duration.ofSeconds(Long.MAX_VALUE));
        fake.clock.advance(Duration.ofDays(10_000));
        assertThat(ready.toCompletableFuture()).isNotDone();
        fake.orders(e(1));
        assertThat(ready.toCompletableFuture()).isCompletedWithValue(orders);
    }

    @Test
    void a_limit_that_has_passed_before_it_began_is_over_at_once() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, Duration.ofSeconds(-1));
        assertThat(refusal(ready).reason()).isEqualTo(Reason.NOT_SYNCED);
    }

    @Test
    void closing_ends_every_wait() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, LIMIT);
        orders.close();
        fake.run();
        assertThat(refusal(ready).reason()).isEqualTo(Reason.CLOSED);
        assertThat(fake.clock.timers()).isZero();
    }

    @Test
    void waiting_for_a_closed_one_ends_at_once() {
        orders.close();
        fake.run();
        // The lane has not even run: a mesh that is closed may have none any more.
        assertThat(refusal(orders.whenReady(LIMIT)).reason()).isEqualTo(Reason.CLOSED);
    }

    @Test
    void a_mesh_that_closes_ends_every_wait() {
        CompletionStage<LoadBalancer> ready = fake.ready(orders, LIMIT);
        fake.mesh.close();
        fake.run();
        assertThat(refusal(ready).reason()).isEqualTo(Reason.CLOSED);
    }

    @Test
    void whoever_waits_may_use_and_close_it_from_the_continuation() {
        List<Endpoint> picked = new ArrayList<>();
        orders.whenReady(LIMIT).thenAccept(ready -> {
            picked.add(FakeMesh.picked(ready));
            ready.close();
        });
        fake.run();
        fake.orders(e(7));
        assertThat(picked).containsExactly(e(7));
        assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.CLOSED);
    }

    @Test
    void a_continuation_that_throws_keeps_nobody_else_waiting() {
        CompletableFuture<Void> broken = fake.ready(orders, LIMIT)
                .thenAccept(ready -> {
                    throw new IllegalStateException("made to");
                })
                .toCompletableFuture();
        CompletionStage<LoadBalancer> other = fake.ready(orders, LIMIT);
        fake.orders(e(1));
        assertThat(broken).isCompletedExceptionally();
        assertThat(other.toCompletableFuture()).isCompletedWithValue(orders);
    }

    @Test
    void ten_thousand_who_wait_leave_no_timer() {
        for (int i = 0; i < 10_000; i++) {
            orders.whenReady(LIMIT);
        }
        fake.run();
        assertThat(fake.clock.timers()).isEqualTo(10_000);
        fake.orders(e(1));
        assertThat(fake.clock.timers()).isZero();
    }

    @Test
    void waiting_does_not_ask_how_fresh_the_watches_are() {
        AtomicInteger asked = new AtomicInteger();
        List<Resolver.Listener> listeners = new ArrayList<>();
        ResolverProvider provider = new ResolverProvider() {
            @Override
            public String scheme() {
                return "k8s";
            }

            @Override
            public Resolver newResolver(Target target, Context context) {
                return new Resolver() {
                    @Override
                    public void start(Listener listener) {
                        listeners.add(listener);
                    }

                    @Override
                    public List<WatchAge> ages() {
                        asked.incrementAndGet();
                        return List.of();
                    }

                    @Override
                    public void close() {}
                };
            }
        };
        FakeClock clock = new FakeClock();
        try (Mesh mesh =
                Mesh.builder().resolvers(provider).clock(clock).scheduler(clock).build()) {
            LoadBalancer waited = mesh.service(ORDERS);
            CompletionStage<LoadBalancer> ready = waited.whenReady(LIMIT);
            clock.runDue();
            listeners.get(0).onUnresolved(new Unresolved(Reason.NOT_FOUND, "gone"));
            clock.runDue();
            assertThat(refusal(ready).reason()).isEqualTo(Reason.NOT_FOUND);
            assertThat(asked).hasValue(0);
            assertThat(waited.snapshot().ages()).isEmpty();
            assertThat(asked).as("a snapshot tells them").hasValue(1);
        }
    }
}
