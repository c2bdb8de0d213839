package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor.MethodType;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.observe.CallObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.attempt.AttemptTerms;
import io.inmesh.balancer.budget.BudgetsByService;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What observers of a call may do while they are told of it. */
class ObservedAttemptsTest {
    private final FakeClock clock = new FakeClock();
    private final List<EndpointView> members = TestEndpoints.members(2);

    private ObservedAttempts observedBy(CallObserver hears) {
        CallTerms terms = new CallTerms(
                TestEndpoints.TARGET,
                new AttemptTerms(new BudgetsByService(clock), clock)
                        .of(
                                ServiceKey.of(TestEndpoints.TARGET),
                                BalancerConfig.of(Map.of()).attempts()),
                clock,
                new HeardEvents(),
                OutcomeClassifier.standard(),
                null,
                false);
        return new ObservedAttempts(hears, terms, Course.HEDGED, MethodType.UNARY, CallOptions.DEFAULT);
    }

    private CallAttempt attempt(CallAttempts attempts, int member) {
        return new CallAttempt(
                new Place((Member) members.get(member), Pace.SINGLE, OutcomeClassifier.standard()), attempts);
    }

    /** Waits, as an observer may, for a thread that tells something of the same call; what it tells is heard later, in its order. */
    @Test
    void an_observer_may_wait_for_another_thread_that_has_something_to_tell_of_the_same_call() {
        List<String> heard = new CopyOnWriteArrayList<>();
        ObservedAttempts[] attempts = new ObservedAttempts[1];
        CallAttempt[] first = new CallAttempt[1];
        attempts[0] = observedBy(new CallObserver() {
            private int begun;

            @Override
            public AttemptObserver attempt(Endpoint endpoint) {
                int number = ++begun;
                if (number == 2) {
                    CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
                        attempts[0].isOver(first[0], Outcome.TIMEOUT);
                        attempts[0].isOver(2, Outcome.TIMEOUT);
                    });
                    others.orTimeout(30, TimeUnit.SECONDS).join();
                }
                heard.add("attempt " + number);
                return outcome -> heard.add("end of " + number + ": " + outcome);
            }

            @Override
            public void ended(int count, Outcome outcome) {
                heard.add("end of call after " + count);
            }
        });
        first[0] = attempt(attempts[0], 0);
        attempts[0].hasBegun(first[0]);
        attempts[0].hasBegun(attempt(attempts[0], 1));
        assertThat(heard)
                .containsExactly(
                        "attempt 1",
                        "attempt 2",
                        "end of 1: " + Outcome.TIMEOUT,
                        "end of 2: " + Outcome.CANCELLED,
                        "end of call after 2");
    }
}
