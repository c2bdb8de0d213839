package io.inmesh.balancer.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.TestEndpoints;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that block, on their callers' threads. */
class AttemptsTest {
    private static final Outcome REFUSED = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);
    private static final Outcome UNAVAILABLE = Outcome.failure(Origin.GATEWAY, Delivery.SENT);
    private static final Outcome BROKEN = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);

    private final HurriedClock clock = new HurriedClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final HeardEvents events = new HeardEvents();
    private final Faults faults = new Faults();
    private final Mesh mesh = Mesh.builder()
            .resolvers(cluster)
            .clock(clock)
            .scheduler(clock)
            .observer(events)
            .random(() -> 1L << 63)
            .faults(faults)
            .defaults(Map.of("eject.enabled", "false")) // What is scripted fails without end; here only repeats matter.
            .build();
    private final LoadBalancer orders = mesh.service("orders.shop:http");
    private final Attempts attempts = mesh.attempts(orders);
    private final Scripted exchange = new Scripted();

    private record Answer(String text, Outcome outcome) {}

    private static final class Failed extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Outcome outcome;

        Failed(String message, Outcome outcome) {
            super(message);
            this.outcome = outcome;
        }
    }

    /** Answers or throws what a script says, one step for each attempt. */
    private static final class Scripted implements Exchange<Answer, IOException> {
        private final Queue<Object> script = new ArrayDeque<>();
        private final List<Lease> leases = new ArrayList<>();
        private final List<Answer> discarded = new ArrayList<>();
        private Runnable beforeEach = () -> {};
        private boolean keepsLease = true;

        @Override
        public Answer send(Lease lease) throws IOException {
            leases.add(lease);
            beforeEach.run();
            Object step = script.remove();
            if (step instanceof IOException failure) {
                throw failure;
            }
            if (step instanceof RuntimeException failure) {
                throw failure;
            }
            if (step instanceof Error failure) {
                throw failure;
            }
            return (Answer) step;
        }

        @Override
        public Outcome outcomeOf(Answer answer) {
            return answer.outcome();
        }

        @Override
        public Outcome outcomeOf(Exception error) {
            return ((Failed) error).outcome;
        }

        @Override
        public void discard(Answer answer) {
            discarded.add(answer);
        }

        @Override
        public boolean keepsLease() {
            return keepsLease;
        }

        @Override
        public IOException failure(Exception reason) {
            return new IOException("told: " + reason.getMessage(), reason);
        }

        List<Endpoint> sentTo() {
            return leases.stream().map(Lease::endpoint).toList();
        }
    }

    @AfterEach
    void every_lease_was_ended_once() {
        int completions = (int) events.take().stream()
                .filter(event -> event.startsWith("completed"))
                .count();
        exchange.leases.forEach(lease -> assertThat(lease.complete(Outcome.SUCCESS))
                .as("%s was left open", lease)
                .isFalse());
        assertThat(completionsTaken + completions).isEqualTo(exchange.leases.size());
        orders.snapshot().endpoints().forEach(endpoint -> assertThat(endpoint.inFlight())
                .isZero());
        mesh.close();
    }

    private int completionsTaken;

    private List<String> told() {
        List<String> told = events.take().stream()
                .filter(event -> event.startsWith("completed") || event.startsWith("repeated"))
                .toList();
        completionsTaken += (int)
                told.stream().filter(event -> event.startsWith("completed")).count();
        return told;
    }

    private void publish(int n) {
        cluster.publish("orders.shop:http", TestEndpoints.endpoints(n));
        clock.runDue();
    }

    private Answer call(Safety safety) throws IOException {
        return attempts.call(PickContext.NONE, safety, exchange);
    }

    /** What an exchange does with the answer that it keeps. */
    private void readToTheEnd(Outcome outcome) {
        assertThat(exchange.leases.get(exchange.leases.size() - 1).complete(outcome))
                .as("the kept answer's lease is open")
                .isTrue();
    }

    private String last(int index) {
        return exchange.sentTo().get(index).address();
    }

    @Test
    void an_answer_is_handed_out_with_its_lease_open() throws IOException {
        publish(2);
        exchange.script.add(new Answer("hello", Outcome.SUCCESS));
        assertThat(call(Safety.UNSAFE).text()).isEqualTo("hello");
        assertThat(orders.snapshot().endpoints().stream()
                        .mapToInt(EndpointView::inFlight)
                        .sum())
                .isEqualTo(1);
        readToTheEnd(Outcome.SUCCESS);
        assertThat(told()).containsExactly("completed " + last(0) + " Success[] -1");
    }

    @Test
    void what_was_never_sent_is_repeated_elsewhere_however_unsafe() throws IOException {
        for (int round = 0; round < 50; round++) {
            exchange.leases.clear();
            publish(2);
            exchange.script.add(new Failed("connection refused", REFUSED));
            exchange.script.add(new Answer("hello", Outcome.SUCCESS));
            assertThat(call(Safety.UNSAFE).text()).isEqualTo("hello");
            assertThat(exchange.sentTo()).hasSize(2).doesNotHaveDuplicates();
            readToTheEnd(Outcome.SUCCESS);
            completionsTaken = 0;
            assertThat(told())
                    .containsExactly(
                            "completed " + last(0) + " " + REFUSED + " -1",
                            "repeated " + last(0) + " " + REFUSED,
                            "completed " + last(1) + " Success[] -1");
            assertThat(clock.waits()).as("the first after nothing was sent").isEmpty();
        }
    }

    @Test
    void an_answer_that_does_not_take_its_lease_along_ends_it() throws IOException {
        publish(1);
        exchange.keepsLease = false;
        exchange.script.add(new Answer("404", Outcome.CLIENT_ERROR));
        assertThat(call(Safety.UNSAFE).text()).isEqualTo("404");
        assertThat(told()).containsExactly("completed " + last(0) + " ClientError[] -1");
    }

    @Test
    void each_call_is_told_with_its_attempts_and_what_came_of_it() throws IOException {
        publish(2);
        exchange.script.add(new Failed("connection refused", REFUSED));
        exchange.script.add(new Answer("hello", Outcome.SUCCESS));
        call(Safety.UNSAFE);
        readToTheEnd(Outcome.SUCCESS);
        publish(0);
        assertThatThrownBy(() -> call(Safety.UNSAFE)).hasMessageContaining("NO_ENDPOINTS");
        List<String> all = events.take();
        completionsTaken += 2;
        assertThat(all)
                .filteredOn(event -> event.startsWith("called"))
                .containsExactly("called 2 Success[]", "called 0 " + REFUSED);
    }

    @Test
    void an_answer_that_another_may_better_is_discarded_and_repeated() throws IOException {
        publish(3);
        Answer first = new Answer("503", UNAVAILABLE);
        exchange.script.add(first);
        exchange.script.add(new Answer("hello", Outcome.SUCCESS));
        assertThat(call(Safety.IDEMPOTENT).text()).isEqualTo("hello");
        assertThat(exchange.discarded).containsExactly(first);
        assertThat(exchange.sentTo()).hasSize(2).doesNotHaveDuplicates();
        readToTheEnd(Outcome.SUCCESS);
        assertThat(told()).contains("completed " + last(0) + " " + UNAVAILABLE + " -1");
    }

    @Test
    void an_unsafe_request_that_was_sent_is_not_repeated() throws IOException {
        publish(2);
        exchange.script.add(new Answer("503", UNAVAILABLE));
        assertThat(call(Safety.UNSAFE).text()).isEqualTo("503");
        assertThat(exchange.discarded).isEmpty();
        readToTheEnd(UNAVAILABLE);

        Failed reset = new Failed("connection reset", Outcome.failure(Origin.LOCAL, Delivery.SENT));
        exchange.script.add(reset);
        assertThatThrownBy(() -> call(Safety.UNSAFE)).isSameAs(reset);
        assertThat(exchange.leases).hasSize(2);
        assertThat(told()).noneMatch(event -> event.startsWith("repeated")).hasSize(2);
    }

    @Test
    void an_answer_of_500_is_an_answer() throws IOException {
        publish(2);
        exchange.script.add(new Answer("500", BROKEN));
        assertThat(call(Safety.IDEMPOTENT).text()).isEqualTo("500");
        readToTheEnd(BROKEN);
    }

    @Test
    void the_third_answer_stands_whatever_it_is() throws IOException {
        publish(4);
        exchange.script.add(new Answer("503 of the first", UNAVAILABLE));
        exchange.script.add(new Answer("503 of the second", UNAVAILABLE));
        exchange.script.add(new Answer("503 of the third", UNAVAILABLE));
        assertThat(call(Safety.IDEMPOTENT).text()).isEqualTo("503 of the third");
        assertThat(exchange.discarded).hasSize(2);
        assertThat(exchange.sentTo()).hasSize(3).doesNotHaveDuplicates();
        readToTheEnd(UNAVAILABLE);
        assertThat(told()).filteredOn(event -> event.startsWith("repeated")).hasSize(2);
        assertThat(clock.waits()).containsExactly(Duration.ofMillis(25), Duration.ofMillis(50));
    }

    @Test
    void where_nothing_was_sent_two_further_endpoints_are_tried_and_the_last_failure_is_thrown() {
        publish(5);
        Failed third = new Failed("third", REFUSED);
        exchange.script.add(new Failed("first", REFUSED));
        exchange.script.add(new Failed("second", REFUSED));
        exchange.script.add(third);
        assertThatThrownBy(() -> call(Safety.UNSAFE)).isSameAs(third);
        assertThat(exchange.sentTo()).hasSize(3).doesNotHaveDuplicates();
        assertThat(told()).filteredOn(event -> event.startsWith("repeated")).hasSize(2);
        assertThat(clock.waits()).as("the second of them waits").containsExactly(Duration.ofMillis(25));
    }

    @Test
    void an_injected_fault_is_told_in_the_exchanges_words_and_judged_by_its_outcome() throws IOException {
        publish(2);
        faults.inject(Fault.delay(Duration.ofSeconds(1)));
        exchange.script.add(new Answer("hello", Outcome.SUCCESS));
        assertThat(call(Safety.UNSAFE).text()).isEqualTo("hello");
        readToTheEnd(Outcome.SUCCESS);
        assertThat(clock.waits()).containsExactly(Duration.ofSeconds(1));

        faults.clear();
        Faults.Injection broken = faults.inject(Fault.failing(BROKEN));
        assertThatThrownBy(() -> call(Safety.IDEMPOTENT)).hasMessageContaining("told: a fault was injected at 10.0.0.");
        assertThat(broken.count()).isEqualTo(1);
        broken.close();
        assertThat(exchange.leases).as("what was sent").hasSize(1);
        assertThat(told()).filteredOn(event -> event.endsWith(BROKEN + " -1")).hasSize(1);
        completionsTaken--; // Of the attempt that the exchange never saw.
    }

    @Test
    void an_interruption_while_waiting_is_the_exchanges_to_tell_and_stays_on() {
        publish(2);
        faults.inject(Fault.blackHole());
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> call(Safety.IDEMPOTENT)).hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(told()).singleElement().asString().endsWith("Cancelled[] -1");
        completionsTaken--; // Of the attempt that the exchange never saw.
    }

    @Test
    void where_there_is_only_one_endpoint_it_is_tried_again() throws IOException {
        publish(1);
        exchange.script.add(new Failed("connection refused", REFUSED));
        exchange.script.add(new Answer("hello", Outcome.SUCCESS));
        assertThat(call(Safety.UNSAFE).text()).isEqualTo("hello");
        assertThat(exchange.sentTo()).hasSize(2);
        readToTheEnd(Outcome.SUCCESS);
    }

    @Test
    void a_rejection_becomes_the_librarys_exception() {
        publish(0);
        assertThatThrownBy(() -> call(Safety.IDEMPOTENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("told: NO_ENDPOINTS")
                .hasMessageContaining("has no endpoints");
        assertThat(exchange.leases).isEmpty();
    }

    @Test
    void a_rejection_of_the_repeat_is_thrown_instead_of_it() {
        publish(2);
        exchange.script.add(new Failed("connection refused", REFUSED));
        exchange.beforeEach = () -> {
            cluster.publish("orders.shop:http");
            clock.runDue();
        };
        assertThatThrownBy(() -> call(Safety.IDEMPOTENT)).hasMessageContaining(Reason.NO_ENDPOINTS.name());
        assertThat(exchange.leases).hasSize(1);
    }

    @Test
    void an_exception_of_no_known_kind_cancels_and_is_not_repeated() {
        publish(2);
        for (Throwable unknown : List.of(new IllegalStateException("a bug"), new AssertionError("a bug"))) {
            exchange.script.add(unknown);
            assertThatThrownBy(() -> call(Safety.IDEMPOTENT)).isSameAs(unknown);
        }
        assertThat(exchange.leases).hasSize(2);
        assertThat(told())
                .containsExactly(
                        "completed " + last(0) + " Cancelled[] -1", "completed " + last(1) + " Cancelled[] -1");
    }

    @Test
    void what_was_tried_before_the_call_is_not_tried_again() throws IOException {
        publish(2);
        Endpoint tried = TestEndpoints.endpoint(0);
        for (int i = 0; i < 20; i++) {
            exchange.script.add(new Answer("hello", Outcome.SUCCESS));
            attempts.call(PickContext.NONE.withTried(tried), Safety.UNSAFE, exchange);
            readToTheEnd(Outcome.SUCCESS);
        }
        assertThat(exchange.sentTo()).containsOnly(TestEndpoints.endpoint(1));
    }
}
