package io.inmesh.balancer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Outcome;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafeObserverTest {
    private final HeardEvents events = new HeardEvents();

    /** One whose every event ends in that error. */
    private static BalancerObserver throwing(Throwable error) {
        return (BalancerObserver) Proxy.newProxyInstance(
                SafeObserverTest.class.getClassLoader(),
                new Class<?>[] {BalancerObserver.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "readsLatency", "readsCalls" -> false;
                    case "toString" -> "the broken one";
                    default -> throw error;
                });
    }

    /** One event of each kind. */
    static void tellEverything(BalancerObserver observer) {
        ServiceFacts facts = ServiceFacts.of(ServiceKey.of(TestEndpoints.TARGET));
        observer.setChanged(TestEndpoints.TARGET, EndpointSet.of(facts, 1, List.of()));
        observer.unresolved(TestEndpoints.TARGET, new Unresolved(Reason.NOT_FOUND, "gone"));
        observer.pickerPublished(TestEndpoints.TARGET, "random", 3);
        observer.ejected(TestEndpoints.TARGET, TestEndpoints.endpoint(1), "5 failures", Duration.ofSeconds(30));
        observer.restored(TestEndpoints.TARGET, TestEndpoints.endpoint(1));
        observer.connectedOutside(TestEndpoints.TARGET, TestEndpoints.endpoint(1));
        observer.fellBack(TestEndpoints.TARGET, "nobody answers");
        observer.rejected(TestEndpoints.TARGET, new Rejection(Reason.CLOSED, "closed"));
        observer.completed(TestEndpoints.TARGET, TestEndpoints.endpoint(1), Outcome.TIMEOUT, 7);
        observer.completedStream(TestEndpoints.TARGET, TestEndpoints.endpoint(1), Outcome.SUCCESS, 8);
        observer.repeated(TestEndpoints.TARGET, TestEndpoints.endpoint(1), Outcome.TIMEOUT);
        observer.hedged(TestEndpoints.TARGET, TestEndpoints.endpoint(1));
        observer.withheld(TestEndpoints.TARGET, BalancerObserver.Withheld.BUDGET);
        observer.called(TestEndpoints.TARGET, 2, Outcome.SUCCESS);
    }

    @Test
    void every_event_reaches_every_observer() {
        HeardEvents other = new HeardEvents();
        tellEverything(new SafeObserver(List.of(events, other)));
        assertThat(events.take())
                .containsExactly(
                        "set 0",
                        "unresolved NOT_FOUND",
                        "picker random 3",
                        "ejected 10.0.0.1:8080 5 failures PT30S",
                        "restored 10.0.0.1:8080",
                        "connected outside 10.0.0.1:8080",
                        "fell back: nobody answers",
                        "rejected CLOSED",
                        "completed 10.0.0.1:8080 Timeout[] 7",
                        "completed 10.0.0.1:8080 Success[] 8",
                        "repeated 10.0.0.1:8080 Timeout[]",
                        "hedged 10.0.0.1:8080",
                        "withheld BUDGET",
                        "called 2 Success[]")
                .containsExactlyElementsOf(other.take());
    }

    @Test
    void one_that_throws_is_logged_once_and_keeps_nothing_from_the_others() {
        // What a library that is missing, an assertion and a sneaky language throw.
        for (Throwable error : List.of(
                new IllegalStateException("broken"),
                new NoClassDefFoundError("io/metrics/Meter"),
                new AssertionError("unexpected"))) {
            try (HeardLog log = new HeardLog()) {
                SafeObserver safe = new SafeObserver(List.of(throwing(error), events));
                tellEverything(safe);
                tellEverything(safe);
                assertThat(events.take()).hasSize(28);
                assertThat(log.lines("the broken one failed")).hasSize(1);
            }
        }
    }

    @Test
    void an_exhausted_machine_is_not_the_observers_fault() {
        SafeObserver safe = new SafeObserver(List.of(throwing(new OutOfMemoryError("made up"))));
        assertThatThrownBy(() -> safe.restored(TestEndpoints.TARGET, TestEndpoints.endpoint(1)))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void latency_is_read_if_one_of_them_reads_it() {
        BalancerObserver reading = new BalancerObserver() {
            @Override
            public boolean readsLatency() {
                return true;
            }
        };
        assertThat(new SafeObserver(List.of(events, reading)).readsLatency()).isTrue();
        assertThat(new SafeObserver(List.of(events)).readsLatency()).isFalse();
    }

    @Test
    void calls_are_read_unless_all_of_them_say_that_they_do_not() {
        assertThat(new SafeObserver(List.of()).readsCalls()).isFalse();
        assertThat(new SafeObserver(List.of(BalancerObserver.NONE)).readsCalls())
                .isFalse();
        assertThat(new SafeObserver(List.of(BalancerObserver.NONE, events)).readsCalls())
                .isTrue();
    }
}
