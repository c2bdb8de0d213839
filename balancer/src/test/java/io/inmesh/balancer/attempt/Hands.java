package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A service on a clock that stands, whose answers a test gives by hand, attempt by attempt. On closing it looks for what was left behind.
 */
final class Hands implements AsyncExchange<Hands.Answer>, AutoCloseable {
    final FakeClock clock = new FakeClock();
    final FakeEndpoints cluster = new FakeEndpoints("k8s");
    final HeardEvents events = new HeardEvents();
    final Faults faults = new Faults();
    final Mesh mesh;
    final LoadBalancer orders;
    final Attempts attempts;
    final List<Sent> sent = new ArrayList<>();
    final List<Answer> discarded = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final List<CompletableFuture<Answer>> begun = new ArrayList<>();

    /** The next draw: the middle one, so that jitter changes nothing. */
    long draw = 1L << 63;

    boolean keepsLease;

    /** Whether the request can be sent another time. */
    boolean canSendAgain = true;

    /** Whether attempts that are taken back may answer all the same. */
    boolean stubborn;

    private static final class Stubborn extends CompletableFuture<Answer> {
        @Override
        public boolean cancel(boolean mayInterrupt) {
            return false;
        }
    }

    /** An answer that means this. */
    record Answer(String text, Outcome outcome) {}

    /** An error that means this. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Outcome outcome;

        Failed(Outcome outcome) {
            super(outcome.toString());
            this.outcome = outcome;
        }
    }

    /** One attempt. */
    record Sent(Lease lease, CompletableFuture<Answer> future) {
        Endpoint endpoint() {
            return lease.endpoint();
        }

        void answer(String text) {
            future.complete(new Answer(text, Outcome.SUCCESS));
        }

        void answer(String text, Outcome outcome) {
            future.complete(new Answer(text, outcome));
        }

        void fail(Outcome outcome) {
            future.completeExceptionally(new Failed(outcome));
        }
    }

    /** A service of so many endpoints; settings as key, value, key, value. */
    Hands(int endpoints, String... settings) {
        Map<String, String> told = new HashMap<>(Map.of("policy", "round-robin"));
        for (int i = 0; i < settings.length; i += 2) {
            told.put(settings[i], settings[i + 1]);
        }
        mesh = Mesh.builder()
                .resolvers(cluster)
                .clock(clock)
                .scheduler(clock)
                .observer(events)
                .faults(faults)
                .random(() -> draw)
                .defaults(told)
                .build();
        orders = mesh.service("orders.shop:http");
        attempts = mesh.attempts(orders);
        publish(endpoints);
    }

    /** Attempts on the endpoints of that balancer, which go by these terms. */
    Attempts attemptsOn(LoadBalancer balancer, Terms terms) {
        AttemptResources.Hold hold = new AttemptResources.Hold() {
            @Override
            public boolean take() {
                return true;
            }

            @Override
            public void release() {}
        };
        return Attempts.of(
                balancer,
                balancer::choose,
                () -> terms,
                new AttemptResources(clock, clock, () -> draw, events, mesh.classifier(), faults, Runnable::run, hold));
    }

    void publish(int endpoints) {
        cluster.publish("orders.shop:http", TestEndpoints.endpoints(endpoints));
        clock.runDue();
    }

    CompletableFuture<Answer> call(Safety safety) {
        return attempts.send(PickContext.NONE, safety, this);
    }

    /** A call whose end is of no interest. */
    void begin(Safety safety) {
        begun.add(call(safety));
    }

    @Override
    public CompletableFuture<Answer> send(Lease lease) {
        Sent one = new Sent(lease, stubborn ? new Stubborn() : new CompletableFuture<>());
        sent.add(one);
        return one.future();
    }

    @Override
    public Outcome outcomeOf(Answer answer) {
        return answer.outcome();
    }

    @Override
    public Outcome outcomeOf(Throwable error) {
        return error instanceof Failed failed ? failed.outcome : Outcome.CANCELLED;
    }

    @Override
    public void discard(Answer answer) {
        discarded.add(answer);
    }

    @Override
    public boolean canSendAgain() {
        return canSendAgain;
    }

    @Override
    public boolean keepsLease() {
        return keepsLease;
    }

    Sent last() {
        return sent.get(sent.size() - 1);
    }

    void pass(long millis) {
        clock.advance(Duration.ofMillis(millis));
    }

    List<Endpoint> sentTo() {
        return sent.stream().map(Sent::endpoint).toList();
    }

    /** What observers heard of attempts so far. */
    List<String> heard() {
        heard.addAll(events.take());
        return heard.stream()
                .filter(event -> event.matches("(completed|repeated|hedged|withheld|called) .*"))
                .toList();
    }

    int inFlight() {
        return orders.snapshot().endpoints().stream()
                .mapToInt(EndpointView::inFlight)
                .sum();
    }

    @Override
    public void close() {
        sent.forEach(each -> assertThat(each.lease().complete(Outcome.SUCCESS))
                .as("%s was left open", each.lease())
                .isFalse());
        assertThat(inFlight()).isZero();
        long begun =
                heard().stream().filter(event -> event.startsWith("completed")).count();
        assertThat(begun).as("each lease was completed once").isGreaterThanOrEqualTo(sent.size());
        orders.close();
        mesh.close();
        clock.runDue();
        assertThat(clock.timers()).as("timers").isZero();
        assertThat(mesh.engine().budgets().size()).as("budgets").isZero();
    }
}
