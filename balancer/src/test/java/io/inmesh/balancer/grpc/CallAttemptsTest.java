package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.attempt.AttemptTerms;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.budget.BudgetsByService;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.guard.Guard;
import io.inmesh.balancer.guard.GuardedPicks;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Leave for further attempts, in every order in which gRPC's engine may ask for it; the engine is played by the test. */
class CallAttemptsTest {
    private static final Metadata.Key<String> PREVIOUS =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

    private static final Map<String, String> NOTHING = Map.of("budget.percent", "0", "budget.min-per-second", "0");
    private static final Map<String, String> ONE = Map.of("budget.percent", "0", "budget.min-per-second", "1");
    private static final Map<String, String> ONE_AT_A_TIME =
            Map.of("budget.mode", "concurrent", "budget.percent", "0", "budget.min-concurrent", "1");

    private final FakeClock clock = new FakeClock();
    private final HeardEvents events = new HeardEvents();
    private final List<Member> members = TestEndpoints.members(4).stream()
            .map((EndpointView view) -> (Member) view)
            .toList();

    /** What stands before the service, if a test says so. */
    private @Nullable GuardedPicks guard;

    private CallTerms terms(Map<String, String> settings) {
        AttemptTerms terms = new AttemptTerms(new BudgetsByService(clock), clock);
        Terms read = terms.of(
                ServiceKey.of(TestEndpoints.TARGET), BalancerConfig.of(settings).attempts());
        return new CallTerms(TestEndpoints.TARGET, read, clock, events, OutcomeClassifier.standard(), guard);
    }

    /** A call, and gRPC's part in it. */
    private static final class Call {
        private final CallAttempts attempts;
        private CallOptions options = CallOptions.DEFAULT;

        Call(CallTerms terms, Course course, CallOptions callers) {
            attempts = new CallAttempts(terms, course, MethodType.UNARY, callers);
            options = attempts.into(callers);
            attempts.start(new Metadata());
        }

        /** What the picker says of the attempt with that number that it would place there. */
        @Nullable
        PickResult ask(int number, Member there) {
            return attempts.ask(there, headers(number));
        }

        ClientStreamTracer stream(int number, Member there) {
            return CallAttempt.of(place(there), attempts, headers(number));
        }

        void end(Status status) {
            attempts.end(status, new Metadata());
        }
    }

    private static Place place(Member there) {
        return new Place(there, Pace.SINGLE, OutcomeClassifier.standard());
    }

    private static Metadata headers(int number) {
        Metadata headers = new Metadata();
        if (number > 0) {
            headers.put(PREVIOUS, String.valueOf(number));
        }
        return headers;
    }

    private Call call(Course course, Map<String, String> settings) {
        return new Call(terms(settings), course, CallOptions.DEFAULT);
    }

    private static void isGranted(@Nullable PickResult answer) {
        assertThat(answer).isNull();
    }

    private static void endsTheCall(@Nullable PickResult answer) {
        assertThat(answer).isNotNull().matches(PickResult::isDrop);
    }

    private static void endsAlone(@Nullable PickResult answer) {
        assertThat(answer).isNotNull().matches(told -> !told.isDrop());
        assertThat(answer).matches(told -> told.getStatus().getCode() == Status.Code.UNAVAILABLE);
    }

    private int inFlight() {
        return members.stream().mapToInt(Member::inFlight).sum();
    }

    @Test
    void a_first_attempt_asks_nobody() {
        for (Course course : Course.values()) {
            isGranted(call(course, NOTHING).ask(0, members.get(0)));
        }
    }

    @Test
    void the_first_repeat_after_nothing_was_sent_is_free_and_the_second_is_not() {
        for (Course course : Course.values()) {
            Call call = call(course, NOTHING);
            call.stream(0, members.get(0)).streamClosed(Status.UNAVAILABLE);
            isGranted(call.ask(0, members.get(1)));
            call.stream(0, members.get(1)).streamClosed(Status.UNAVAILABLE);
            endsTheCall(call.ask(0, members.get(2)));
            call.end(AttemptLeave.NOT_REPEATED);
        }
        assertThat(events.take())
                .filteredOn(event -> event.startsWith("repeated") || event.startsWith("called"))
                .containsOnly(
                        "repeated 10.0.0.0:8080 Failure[origin=LOCAL, delivery=NOT_SENT, retryAfter=null]",
                        "called 2 Failure[origin=LOCAL, delivery=NOT_SENT, retryAfter=null]");
    }

    @Test
    void what_was_sent_and_is_known_not_to_be_processed_is_withdrawn() {
        Call refused = call(Course.ONCE, NOTHING);
        ClientStreamTracer first = refused.stream(0, members.get(0));
        first.outboundHeaders();
        first.streamClosed(Status.UNAVAILABLE);
        endsTheCall(refused.ask(0, members.get(1)));

        Call repeated = call(Course.ONCE, ONE);
        ClientStreamTracer other = repeated.stream(0, members.get(0));
        other.outboundHeaders();
        other.streamClosed(Status.UNAVAILABLE);
        isGranted(repeated.ask(0, members.get(1)));
    }

    @Test
    void leave_is_withdrawn_once_however_often_the_pick_is_asked_for() {
        CallTerms terms = terms(ONE);
        Call call = new Call(terms, Course.RETRIED, CallOptions.DEFAULT);
        sent(call, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
        isGranted(call.ask(1, members.get(1)));
        isGranted(call.ask(1, members.get(2))); // No stream came of it, and the picker has changed.
        sent(call, 1, members.get(2)).streamClosed(Status.UNAVAILABLE);
        endsTheCall(call.ask(2, members.get(3)));
    }

    private static ClientStreamTracer sent(Call call, int number, Member there) {
        ClientStreamTracer stream = call.stream(number, there);
        stream.outboundHeaders();
        return stream;
    }

    @Test
    void leave_that_comes_to_nothing_is_given_back() {
        CallTerms terms = terms(ONE_AT_A_TIME);
        for (int i = 0; i < 3; i++) {
            Call buffered = new Call(terms, Course.RETRIED, CallOptions.DEFAULT);
            sent(buffered, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
            isGranted(buffered.ask(1, members.get(1)));
            buffered.end(Status.CANCELLED);

            Call unstarted = new Call(terms, Course.RETRIED, CallOptions.DEFAULT);
            sent(unstarted, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
            isGranted(unstarted.ask(1, members.get(1)));
            ClientStreamTracer waiting = unstarted.stream(1, members.get(1));
            unstarted.end(Status.CANCELLED);
            waiting.streamClosed(Status.CANCELLED);
        }
        assertThat(inFlight()).isZero();
        assertThat(events.take()).doesNotContain("withheld BUDGET").noneMatch(event -> event.startsWith("repeated"));
    }

    @Test
    void picks_stay_away_from_all_that_was_tried() {
        Call call = call(Course.HEDGED, Map.of("hedge.delay", "1ms", "budget.percent", "100", "hedge.percent", "100"));
        sent(call, 0, members.get(0));
        isGranted(call.ask(1, members.get(1)));
        sent(call, 1, members.get(1));

        assertThat(members.stream().map(Member::endpoint).filter(call.attempts.context()::hasTried))
                .containsExactly(members.get(0).endpoint(), members.get(1).endpoint());
        endsAlone(call.ask(2, members.get(1)));
    }

    @Test
    void a_hedge_is_not_made_before_the_first_attempt_nor_after_an_answer() {
        Call call = call(Course.HEDGED, Map.of("hedge.delay", "1ms", "budget.percent", "100", "hedge.percent", "100"));
        endsAlone(call.ask(1, members.get(0)));
        endsAlone(call.attempts.without(PickResult.withNoResult(), headers(1)));
        ClientStreamTracer first = sent(call, 0, members.get(0));
        first.inboundHeaders(new Metadata());
        endsAlone(call.ask(2, members.get(1)));
        assertThat(events.take()).noneMatch(event -> event.startsWith("withheld"));
    }

    @Test
    void a_repeat_that_is_refused_beside_others_ends_alone() {
        Call call = call(
                Course.HEDGED,
                Map.of(
                        "hedge.delay",
                        "1ms",
                        "hedge.attempts",
                        "3",
                        "hedge.percent",
                        "100",
                        "budget.percent",
                        "0",
                        "budget.min-per-second",
                        "1"));
        sent(call, 0, members.get(0));
        isGranted(call.ask(1, members.get(1)));
        ClientStreamTracer hedge = sent(call, 1, members.get(1));
        hedge.streamClosed(Status.UNAVAILABLE);
        endsAlone(call.ask(1, members.get(2)));
        endsAlone(call.ask(2, members.get(2)));
    }

    @Test
    void a_stream_of_a_call_that_has_ended_begins_no_lease() {
        Call call = call(Course.RETRIED, Map.of());
        call.end(Status.CANCELLED);
        ClientStreamTracer late = call.stream(0, members.get(0));
        late.outboundHeaders();
        late.streamClosed(Status.CANCELLED);

        assertThat(inFlight()).isZero();
        assertThat(events.take()).containsExactly("called 0 Cancelled[]");
    }

    @Test
    void a_stream_that_is_never_closed_ends_with_its_call() {
        Call call = call(Course.RETRIED, Map.of());
        sent(call, 0, members.get(0));
        assertThat(inFlight()).isEqualTo(1);
        call.end(Status.DEADLINE_EXCEEDED);
        call.end(Status.OK);

        assertThat(inFlight()).isZero();
        assertThat(events.take()).containsExactly("called 1 Timeout[]");
    }

    @Test
    void a_hedged_call_without_an_endpoint_waits_or_fails_as_its_caller_says() {
        PickResult nobody = PickResult.withError(Status.UNAVAILABLE.withDescription("nobody"));
        Map<String, String> settings = Map.of("retry.timeout", "1s");
        Call failFast = call(Course.HEDGED, settings);
        endsTheCall(failFast.attempts.without(nobody, headers(0)));
        Call waiting = new Call(terms(settings), Course.HEDGED, CallOptions.DEFAULT.withWaitForReady());
        assertThat(waiting.options.isWaitForReady()).isFalse();
        assertThat(waiting.attempts.without(nobody, headers(0)).hasResult()).isFalse();
        sent(waiting, 0, members.get(0));
        endsAlone(waiting.attempts.without(nobody, headers(1)));
        Call retried = new Call(terms(settings), Course.RETRIED, CallOptions.DEFAULT.withWaitForReady());
        assertThat(retried.options.isWaitForReady()).isTrue();
        assertThat(retried.attempts.without(nobody, headers(0))).isSameAs(nobody);
    }

    @Test
    void a_repeat_of_what_found_no_endpoint_is_the_first_attempt_and_begins_after_its_wait() {
        Call call = call(Course.RETRIED, NOTHING);
        isGranted(call.ask(1, members.get(0)));
        ClientStreamTracer first = call.stream(1, members.get(0));
        assertThat(inFlight()).isZero();
        first.outboundHeaders();
        assertThat(inFlight()).isEqualTo(1);
        first.streamClosed(Status.UNAVAILABLE);
        endsTheCall(call.ask(2, members.get(1)));
    }

    @Test
    void headers_that_an_application_passes_on_are_not_taken_for_grpcs() {
        Call hedged = call(Course.HEDGED, Map.of("retry.timeout", "1s"));
        Metadata passedOn = headers(2);
        hedged.attempts.start(passedOn);
        isGranted(hedged.attempts.ask(members.get(0), passedOn));
        Metadata nonsense = new Metadata();
        nonsense.put(PREVIOUS, "x");
        sent(hedged, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
        isGranted(hedged.attempts.ask(members.get(1), nonsense));
    }

    /** Lets so many in at a time. */
    private final class Door implements Guard {
        private final int places;
        private int inside;
        private int ends;

        private Door(int places) {
            this.places = places;
            guard = new GuardedPicks(this, TestEndpoints.TARGET, clock, events);
        }

        @Override
        public @Nullable Rejection enter() {
            if (inside == places) {
                return new Rejection(Reason.LIMITED, "full");
            }
            inside++;
            return null;
        }

        @Override
        public void ended(Outcome outcome, long elapsedNanos) {
            inside--;
            ends++;
        }

        @Override
        public void withdrawn() {
            inside--;
        }
    }

    @Test
    void each_attempt_has_leave_of_what_stands_before_the_service_and_gives_it_back() {
        Door door = new Door(1);
        Call call = call(Course.RETRIED, Map.of());
        isGranted(call.ask(0, members.get(0)));
        isGranted(call.ask(0, members.get(1))); // The same attempt, elsewhere.
        endsTheCall(call(Course.RETRIED, Map.of()).ask(0, members.get(0)));
        assertThat(events.take()).containsExactly("rejected LIMITED");
        sent(call, 0, members.get(1)).streamClosed(Status.UNAVAILABLE);
        assertThat(door.inside).isZero();
        isGranted(call.ask(1, members.get(0)));
        sent(call, 1, members.get(0)).streamClosed(Status.OK);
        call.end(Status.OK);

        assertThat(door.inside).isZero();
        assertThat(door.ends).isEqualTo(2);
    }

    @Test
    void leave_of_what_stands_before_the_service_is_given_back_if_no_attempt_comes_of_it() {
        Door door = new Door(1);
        for (int i = 0; i < 3; i++) {
            Call buffered = call(Course.ONCE, Map.of());
            isGranted(buffered.ask(0, members.get(0)));
            buffered.end(Status.CANCELLED);
        }
        Call unstarted = call(Course.RETRIED, Map.of());
        isGranted(unstarted.ask(0, members.get(0)));
        sent(unstarted, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
        isGranted(unstarted.ask(1, members.get(1)));
        unstarted.stream(1, members.get(1));
        unstarted.end(Status.CANCELLED);

        assertThat(door.inside).isZero();
        assertThat(door.ends).isEqualTo(1);
    }

    @Test
    void who_is_turned_down_before_the_service_gives_the_budget_back_and_ends_no_other_attempt() {
        new Door(1);
        CallTerms terms = terms(Map.of(
                "hedge.delay",
                "1ms",
                "hedge.percent",
                "100",
                "budget.mode",
                "concurrent",
                "budget.percent",
                "0",
                "budget.min-concurrent",
                "1"));
        Call call = new Call(terms, Course.HEDGED, CallOptions.DEFAULT);
        isGranted(call.ask(0, members.get(0)));
        sent(call, 0, members.get(0));
        endsAlone(call.ask(1, members.get(1)));

        assertThat(terms.retries().tryWithdraw()).isTrue();
    }
}
