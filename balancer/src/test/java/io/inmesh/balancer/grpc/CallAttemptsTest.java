package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
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
import io.inmesh.api.Sessions;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Leave for further attempts, in every order in which gRPC's engine may ask for it; the engine is played by the test. */
class CallAttemptsTest {
    private static final Metadata.Key<String> PREVIOUS =
            Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

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
        return new CallTerms(TestEndpoints.TARGET, read, clock, events, OutcomeClassifier.standard(), guard, false);
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
            ClientStreamTracer stream = uncarried(number, there);
            stream.streamCreated(Attributes.EMPTY, headers(number));
            return stream;
        }

        /** The same, which no connection has taken yet, as where credentials are asked for. */
        ClientStreamTracer uncarried(int number, Member there) {
            return CallAttempt.of(place(there), attempts, headers(number));
        }

        void end(Status status) {
            attempts.end(status);
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

    private static final Map<String, String> HEDGES =
            Map.of("hedge.delay", "1ms", "hedge.percent", "100", "budget.percent", "100");

    private static Map<String, String> with(Map<String, String> settings, String... more) {
        Map<String, String> all = new HashMap<>(settings);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    @Test
    void a_hedge_that_is_dropped_ends_alone_while_others_run() {
        PickResult dropped = PickResult.withDrop(Status.UNAVAILABLE.withDescription("LIMITED"));
        Call call = call(Course.HEDGED, HEDGES);
        endsTheCall(call.attempts.without(dropped, headers(0)));
        ClientStreamTracer first = sent(call, 0, members.get(0));
        endsAlone(call.attempts.without(dropped, headers(1)));
        first.streamClosed(Status.UNAVAILABLE);
        endsTheCall(call.attempts.without(dropped, headers(1)));
    }

    @Test
    void a_repeat_that_is_picked_after_its_call_has_ended_withdraws_nothing() {
        CallTerms terms = terms(ONE_AT_A_TIME);
        Call call = new Call(terms, Course.RETRIED, CallOptions.DEFAULT);
        sent(call, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
        call.end(Status.CANCELLED);
        endsAlone(call.ask(1, members.get(1)));

        assertThat(terms.retries().tryWithdraw()).isTrue();
    }

    @Test
    void leave_is_given_back_where_no_endpoint_is_left_in_the_end() {
        Door door = new Door(1);
        PickResult nobody = PickResult.withError(Status.UNAVAILABLE.withDescription("nobody"));
        for (Course course : List.of(Course.RETRIED, Course.HEDGED)) {
            CallTerms terms = terms(with(ONE_AT_A_TIME, "retry.timeout", "1s"));
            Call call = new Call(terms, course, CallOptions.DEFAULT);
            isGranted(call.ask(0, members.get(0)));
            sent(call, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
            isGranted(call.ask(1, members.get(1)));
            assertThat(door.inside).isEqualTo(1);
            PickResult told = call.attempts.without(nobody, headers(1));

            // Its own leave is not another attempt.
            assertThat(told.isDrop()).isEqualTo(course == Course.HEDGED);
            assertThat(door.inside).isZero();
            assertThat(terms.retries().tryWithdraw()).isTrue();
        }
    }

    @Test
    void what_is_free_stays_free_until_it_is_made() {
        Call call = call(Course.ONCE, NOTHING);
        call.stream(0, members.get(0)).streamClosed(Status.UNAVAILABLE);
        isGranted(call.ask(0, members.get(1)));
        call.attempts.without(PickResult.withNoResult(), headers(0));
        isGranted(call.ask(0, members.get(1)));
    }

    /** A peer ends a stream that was sent, perhaps with a word on when to come back; what gRPC reads of that. */
    private @Nullable String endedByPeer(ClientStreamTracer stream, Status status, @Nullable String pushback) {
        Metadata trailers = new Metadata();
        if (pushback != null) {
            trailers.put(PUSHBACK, pushback);
        }
        stream.inboundTrailers(trailers);
        stream.streamClosed(status);
        return trailers.get(PUSHBACK);
    }

    @Test
    void hedges_that_were_refused_are_no_attempts_and_no_more_are_made_than_the_setting_says() {
        Call call = call(Course.HEDGED, with(HEDGES, "hedge.attempts", "2", "retry.attempts", "3"));
        ClientStreamTracer first = sent(call, 0, members.get(0));
        endsAlone(call.ask(1, members.get(0))); // Nobody else is there.
        endsAlone(call.ask(2, members.get(0)));
        first.streamClosed(Status.UNAVAILABLE);
        isGranted(call.ask(3, members.get(1)));
        sent(call, 3, members.get(1));
        isGranted(call.ask(4, members.get(2)));
        sent(call, 4, members.get(2)).streamClosed(Status.UNAVAILABLE);
        endsAlone(call.ask(5, members.get(3)));
        call.end(Status.OK);

        assertThat(events.take()).contains("called 3 Success[]").doesNotContain("withheld BUDGET");
    }

    @Test
    void repeats_of_what_was_not_processed_are_attempts_too() {
        for (int attempts : List.of(1, 2, 3)) {
            Call call = call(Course.ONCE, with(Map.of(), "retry.attempts", String.valueOf(attempts)));
            int made = 0;
            PickResult answer = null;
            while (answer == null && made < 10) {
                call.stream(0, members.get(made % 4)).streamClosed(Status.UNAVAILABLE);
                made++;
                answer = call.ask(0, members.get(made % 4));
            }
            endsTheCall(answer);
            assertThat(made).isEqualTo(Math.max(attempts, 2));
        }
    }

    @Test
    void a_session_goes_with_the_answer_and_not_with_a_hedge_that_loses() {
        CallSession session = new CallSession();
        Call call =
                new Call(terms(HEDGES), Course.HEDGED, CallOptions.DEFAULT.withOption(MeshChannels.SESSION, session));
        ClientStreamTracer first = sent(call, 0, members.get(0));
        isGranted(call.ask(1, members.get(1)));
        ClientStreamTracer hedge = sent(call, 1, members.get(1));
        assertThat(session.token()).isEqualTo(tokenOf(0));
        endedByPeer(hedge, Status.UNAVAILABLE, null);
        isGranted(call.ask(2, members.get(2)));
        sent(call, 2, members.get(2));
        assertThat(session.token()).as("of a repeat").isEqualTo(tokenOf(2));
        first.inboundHeaders(new Metadata());
        assertThat(session.token()).isEqualTo(tokenOf(0));

        Call home =
                new Call(terms(HEDGES), Course.HEDGED, CallOptions.DEFAULT.withOption(MeshChannels.SESSION, session));
        sent(home, 0, members.get(0));
        isGranted(home.ask(1, members.get(1)));
        sent(home, 1, members.get(1)).inboundHeaders(new Metadata());
        assertThat(session.token()).as("at home").isEqualTo(tokenOf(0));

        CallSession other = new CallSession();
        Call won = new Call(terms(HEDGES), Course.HEDGED, CallOptions.DEFAULT.withOption(MeshChannels.SESSION, other));
        sent(won, 0, members.get(0));
        isGranted(won.ask(1, members.get(1)));
        sent(won, 1, members.get(1)).inboundHeaders(new Metadata());
        assertThat(other.token()).isEqualTo(tokenOf(1));
    }

    private String tokenOf(int member) {
        return Sessions.tokenOf(members.get(member).endpoint());
    }

    @Test
    void how_long_streams_last_is_not_how_long_answers_take() {
        CallTerms terms = terms(with(HEDGES, "hedge.delay", "p50"));
        for (Pace pace : List.of(Pace.STREAM, Pace.CONVERSATION, Pace.SINGLE)) {
            for (int i = 0; i < 40; i++) {
                Call call = new Call(terms, Course.HEDGED, CallOptions.DEFAULT);
                Place place = new Place(members.get(0), pace, OutcomeClassifier.standard());
                ClientStreamTracer loser = CallAttempt.of(place, call.attempts, headers(0));
                clock.advance(Duration.ofMillis(100));
                if (i % 2 == 0) {
                    loser.inboundHeaders(new Metadata());
                }
                call.end(Status.OK);
            }
            clock.advance(Duration.ofSeconds(4));
            assertThat(terms.terms().hedgeDelayNanos() > 0).isEqualTo(pace == Pace.SINGLE);
        }
    }

    @Test
    void an_unknown_or_cancelled_of_the_servers_own_is_an_answer_and_of_a_broken_connection_it_is_not() {
        for (Course course : List.of(Course.RETRIED, Course.HEDGED)) {
            for (Status answer : List.of(Status.UNKNOWN, Status.CANCELLED)) {
                Call call = call(course, HEDGES);
                ClientStreamTracer stream = sent(call, 0, members.get(0));
                Metadata trailers = new Metadata();
                stream.inboundTrailers(trailers);
                stream.streamClosed(answer);
                assertThat(trailers.get(PUSHBACK)).isEqualTo("-1");
                call.attempts.end(answer);
                call.attempts.tidy(trailers);
                assertThat(trailers.containsKey(PUSHBACK)).isFalse();

                Call asked = call(course, HEDGES);
                assertThat(endedByPeer(sent(asked, 0, members.get(0)), answer, "5"))
                        .isEqualTo("5");
                Call broken = call(course, HEDGES);
                sent(broken, 0, members.get(0)).streamClosed(answer);
                isGranted(broken.ask(1, members.get(1)));
            }
            Call failed = call(course, HEDGES);
            assertThat(endedByPeer(sent(failed, 0, members.get(0)), Status.UNAVAILABLE, null))
                    .isEqualTo(course == Course.HEDGED ? "0" : null);
        }
        assertThat(events.take()).noneMatch(event -> event.startsWith("withheld"));
    }

    @Test
    void a_number_that_an_application_passes_on_is_dropped_whatever_follows() {
        for (Course course : Course.values()) {
            Metadata passedOn = headers(2);
            call(course, Map.of()).attempts.start(passedOn);
            assertThat(passedOn.containsKey(PREVIOUS)).isFalse();
        }
    }

    @Test
    void what_succeeded_or_was_given_up_for_another_is_not_repeated() {
        for (Status decision : List.of(Status.OK, Status.ABORTED)) {
            CallTerms terms = terms(with(HEDGES, "retry.attempts", "5", "hedge.attempts", "5"));
            Call call = new Call(terms, Course.HEDGED, CallOptions.DEFAULT);
            ClientStreamTracer first = sent(call, 0, members.get(0));
            isGranted(call.ask(1, members.get(1)));
            ClientStreamTracer hedge = sent(call, 1, members.get(1));
            endedByPeer(first, decision, null);
            hedge.streamClosed(Status.CANCELLED);
            endsAlone(call.ask(2, members.get(2)));
        }
        assertThat(events.take()).noneMatch(event -> event.startsWith("repeated"));
    }

    @Test
    void a_servers_word_not_to_come_back_is_told_of_where_it_kept_a_repeat_from_being_made() {
        Map<String, String> settings = Map.of("retry.attempts", "2");
        for (String refusal : List.of("-1", "-20", "soon", "99999999999")) {
            endedByPeer(sent(call(Course.RETRIED, settings), 0, members.get(0)), Status.UNAVAILABLE, refusal);
            assertThat(events.take()).as(refusal).contains("withheld PUSHBACK");
        }
        endedByPeer(sent(call(Course.RETRIED, settings), 0, members.get(0)), Status.ABORTED, "-1");
        endedByPeer(sent(call(Course.RETRIED, settings), 0, members.get(0)), Status.UNAVAILABLE, "7");
        endedByPeer(sent(call(Course.ONCE, settings), 0, members.get(0)), Status.UNAVAILABLE, "-1");
        Call last = call(Course.RETRIED, settings);
        sent(last, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
        isGranted(last.ask(1, members.get(1)));
        endedByPeer(sent(last, 1, members.get(1)), Status.UNAVAILABLE, "-1");
        assertThat(events.take()).doesNotContain("withheld PUSHBACK");
    }

    @Test
    void a_caller_is_told_of_the_end_though_an_observer_breaks() {
        CallTerms terms = terms(Map.of());
        BalancerObserver broken = new BalancerObserver() {
            @Override
            public void called(Target target, int attempts, Outcome outcome) {
                throw new IllegalStateException("broken");
            }
        };
        CallTerms breaking =
                new CallTerms(terms.target(), terms.terms(), clock, broken, OutcomeClassifier.standard(), null, false);
        RecordedEnds call = new RecordedEnds();
        List<Status> heard = new ArrayList<>();
        new RememberedCall<>(call, new Call(breaking, Course.ONCE, CallOptions.DEFAULT).attempts)
                .start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                heard.add(status);
                            }
                        },
                        new Metadata());

        assertThatThrownBy(() -> call.listener.onClose(Status.ABORTED, new Metadata()))
                .hasMessage("broken");
        assertThat(heard).containsExactly(Status.ABORTED);
    }

    @Test
    void a_call_that_its_caller_gives_up_ends_with_its_attempts_though_nobody_hears_of_it() {
        CallTerms terms = terms(Map.of());
        Context.CancellableContext context = Context.current().withCancellation();
        Call[] made = new Call[1];
        context.run(() -> made[0] = new Call(terms, Course.HEDGED, CallOptions.DEFAULT));
        ClientStreamTracer first = sent(made[0], 0, members.get(0));
        isGranted(made[0].ask(1, members.get(1)));
        ClientStreamTracer second = sent(made[0], 1, members.get(1));
        context.cancel(null);
        first.streamClosed(Status.CANCELLED);
        assertThat(events.take()).noneMatch(event -> event.startsWith("called"));
        second.streamClosed(Status.CANCELLED);
        assertThat(events.take()).contains("called 2 Cancelled[]");
        made[0].end(Status.CANCELLED);
        assertThat(events.take()).isEmpty();
    }

    /** Its first attempt has failed, and the second one waits for its back-off. */
    private Call waiting(CallTerms terms) {
        Call call = new Call(terms, Course.RETRIED, CallOptions.DEFAULT);
        isGranted(call.ask(0, members.get(0)));
        sent(call, 0, members.get(0)).streamClosed(Status.UNAVAILABLE);
        isGranted(call.ask(1, members.get(1)));
        call.stream(1, members.get(1));
        return call;
    }

    @Test
    void a_call_that_is_given_up_in_its_back_off_leaves_nothing_behind_though_nobody_runs_its_executor() {
        Door door = new Door(1);
        CallTerms terms = terms(ONE_AT_A_TIME);
        Call cancelled = waiting(terms);
        assertThat(door.inside).isEqualTo(1);
        cancelled.attempts.giveUp();
        assertThat(door.inside).isZero();
        assertThat(events.take()).contains("called 1 Cancelled[]");

        Context.CancellableContext context = Context.current().withCancellation();
        Call[] abandoned = new Call[1];
        context.run(() -> abandoned[0] = waiting(terms));
        assertThat(door.inside).isEqualTo(1);
        context.cancel(null);
        assertThat(door.inside).isZero();
        assertThat(events.take()).contains("called 1 Cancelled[]");

        waiting(terms); // Its repeat has leave of the budget, which the two before have given back.
        abandoned[0].end(Status.CANCELLED);
        assertThat(events.take()).noneMatch(event -> event.startsWith("called"));
    }

    @Test
    void a_call_that_is_cancelled_before_or_after_its_attempts_ends_once_and_one_that_was_not_started_never() {
        RecordedEnds grpcs = new RecordedEnds();
        Call call = call(Course.RETRIED, Map.of());
        RememberedCall<String, String> unstarted = new RememberedCall<>(grpcs, call.attempts);
        unstarted.cancel("enough", null);
        assertThat(events.take()).isEmpty();

        unstarted.start(new ClientCall.Listener<>() {}, new Metadata());
        ClientStreamTracer stream = sent(call, 0, members.get(0));
        unstarted.cancel("enough", null);
        assertThat(events.take()).isEmpty();
        stream.streamClosed(Status.CANCELLED);
        assertThat(events.take()).contains("called 1 Cancelled[]");

        Call done = call(Course.RETRIED, Map.of());
        RememberedCall<String, String> late = new RememberedCall<>(grpcs, done.attempts);
        late.start(new ClientCall.Listener<>() {}, new Metadata());
        sent(done, 0, members.get(0)).streamClosed(Status.OK);
        late.cancel("too late", null);
        assertThat(events.take()).contains("called 1 Success[]");
        grpcs.listener.onClose(Status.OK, new Metadata());
        assertThat(events.take()).isEmpty();
    }

    /** A call of which the test plays gRPC's part. */
    private static final class RecordedEnds extends ClientCall<String, String> {
        private Listener<String> listener = new Listener<>() {};

        @Override
        public void start(Listener<String> newListener, Metadata headers) {
            listener = newListener;
        }

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(String message) {}
    }

    @Test
    void a_call_carries_its_attempts_as_its_executor_which_still_runs_its_tasks() {
        List<Runnable> tasks = new ArrayList<>();
        Call call = new Call(terms(Map.of()), Course.RETRIED, CallOptions.DEFAULT.withExecutor(tasks::add));
        Runnable task = () -> {};

        call.options.getExecutor().execute(task);

        assertThat(tasks).containsExactly(task);
        assertThat(CallAttempts.of(call.options)).isSameAs(call.attempts);
        assertThat(CallAttempts.of(call.options.withWaitForReady())).isSameAs(call.attempts);
    }

    @Test
    void an_executor_that_grpc_knows_by_its_identity_stays_in_its_place() {
        Call call = new Call(terms(Map.of()), Course.RETRIED, CallOptions.DEFAULT.withExecutor(Direct.EXECUTOR));

        assertThat(call.options.getExecutor()).isSameAs(Direct.EXECUTOR);
        assertThat(CallAttempts.of(call.options)).isSameAs(call.attempts);
    }

    /** Of the same kind as Guava's, which gRPC compares with. */
    private enum Direct implements Executor {
        EXECUTOR;

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}
