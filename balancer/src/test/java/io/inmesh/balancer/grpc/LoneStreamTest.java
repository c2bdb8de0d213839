package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Streams of calls that nobody sees as a whole; the transport is played by the test. */
class LoneStreamTest {
    private static final double COUNTED = 24;
    private static final double WITH_LEASE = 32 + 32;

    private final FakeClock clock = new FakeClock();
    private final HeardEvents events = new HeardEvents();
    private final Member member =
            new Member(TestEndpoints.TARGET, TestEndpoints.endpoint(1), new EndpointStates(), clock, events);

    /** Keeps objects from being taken for needless. */
    private @Nullable ClientStreamTracer last;

    private ClientStreamTracer stream(Pace pace, CallOptions options) {
        return LoneStream.of(new Place(member, pace, OutcomeClassifier.standard()), options);
    }

    @Test
    void it_counts_from_its_headers_to_its_end_whether_or_not_it_is_timed() {
        for (boolean timed : List.of(false, true)) {
            member.setTimed(timed);
            ClientStreamTracer stream = stream(Pace.SINGLE, CallOptions.DEFAULT);
            assertThat(member.inFlight()).isZero();
            stream.outboundHeaders();
            assertThat(member.inFlight()).isEqualTo(1);
            stream.inboundTrailers(new Metadata());
            stream.streamClosed(Status.OK);
            assertThat(member.inFlight()).isZero();
            assertThat(events.take())
                    .containsExactly("completed " + member.endpoint().address() + " " + Outcome.SUCCESS
                            + (timed ? " 0" : " -1"));
        }
    }

    @Test
    void one_that_never_starts_counts_nowhere() {
        for (boolean timed : List.of(false, true)) {
            member.setTimed(timed);
            stream(Pace.SINGLE, CallOptions.DEFAULT).streamClosed(Status.CANCELLED);
            assertThat(member.inFlight()).isZero();
            assertThat(events.take()).isEmpty();
        }
    }

    @Test
    void one_that_was_closed_before_its_headers_are_written_counts_nowhere() {
        for (boolean timed : List.of(false, true)) {
            member.setTimed(timed);
            ClientStreamTracer stream = stream(Pace.SINGLE, CallOptions.DEFAULT);
            stream.streamClosed(Status.CANCELLED);
            stream.outboundHeaders();
            assertThat(member.inFlight()).isZero();
            assertThat(events.take()).isEmpty();
        }
    }

    @Test
    void one_that_is_timed_says_how_long_its_answer_took() {
        member.setTimed(true);
        ClientStreamTracer stream = stream(Pace.STREAM, CallOptions.DEFAULT);
        stream.outboundHeaders();
        clock.advance(Duration.ofMillis(40));
        stream.inboundMessage(0);
        clock.advance(Duration.ofSeconds(5));
        stream.streamClosed(Status.OK);
        assertThat(member.latencyNanos())
                .isLessThan((double) Duration.ofMillis(41).toNanos());
    }

    @Test
    void what_it_was_when_it_was_made_holds_to_its_end() {
        ClientStreamTracer counted = stream(Pace.SINGLE, CallOptions.DEFAULT);
        counted.outboundHeaders();
        member.setTimed(true);
        ClientStreamTracer timed = stream(Pace.SINGLE, CallOptions.DEFAULT);
        timed.outboundHeaders();
        member.setTimed(false);
        assertThat(member.inFlight()).isEqualTo(2);
        counted.streamClosed(Status.OK);
        timed.streamClosed(Status.OK);
        assertThat(member.inFlight()).isZero();
        assertThat(events.take()).hasSize(2);
    }

    @Test
    void a_stream_taken_back_after_its_deadline_is_a_timeout_and_it_tells_who_serves_it() {
        ServedBy served = new ServedBy();
        ClientStreamTracer stream = stream(
                Pace.SINGLE,
                CallOptions.DEFAULT.withOption(MeshChannels.SERVED_BY, served).withDeadlineAfter(-1, TimeUnit.SECONDS));
        assertThat(served.endpoint()).isEqualTo(member.endpoint());
        stream.outboundHeaders();
        stream.streamClosed(Status.CANCELLED);
        assertThat(events.take())
                .containsExactly("completed " + member.endpoint().address() + " " + Outcome.TIMEOUT + " -1");
    }

    @Test
    void the_deadline_of_the_callers_own_context_counts_whatever_the_options_say() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (Context.CancellableContext late = Context.current().withDeadlineAfter(-1, TimeUnit.SECONDS, timer)) {
            for (boolean timed : List.of(false, true)) {
                member.setTimed(timed);
                for (CallOptions options :
                        List.of(CallOptions.DEFAULT, CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS))) {
                    ClientStreamTracer stream = late.call(() -> stream(Pace.SINGLE, options));
                    stream.outboundHeaders();
                    stream.streamClosed(Status.CANCELLED);
                    assertThat(events.take())
                            .singleElement()
                            .asString()
                            .startsWith("completed " + member.endpoint().address() + " " + Outcome.TIMEOUT);
                }
            }
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void silence_until_the_deadline_says_nothing_of_a_conversation_nor_of_a_stream_that_has_begun_to_answer() {
        assertThat(lateAt(Pace.CONVERSATION, false)).isEqualTo(Outcome.CANCELLED);
        assertThat(lateAt(Pace.STREAM, true)).isEqualTo(Outcome.CANCELLED);
        assertThat(lateAt(Pace.STREAM, false)).isEqualTo(Outcome.TIMEOUT);
        assertThat(lateAt(Pace.SINGLE, true)).isEqualTo(Outcome.TIMEOUT);
    }

    private Outcome lateAt(Pace pace, boolean headed) {
        LeaseTracer stream = LoneStream.of(
                new Place(member, pace, OutcomeClassifier.standard()),
                CallOptions.DEFAULT.withDeadlineAfter(-1, TimeUnit.SECONDS));
        stream.outboundHeaders();
        if (headed) {
            stream.inboundHeaders(new Metadata());
        }
        return stream.outcomeOf(Status.CANCELLED);
    }

    @Test
    void what_is_exhausted_on_this_side_is_no_overload_of_the_peer() {
        LeaseTracer large =
                LoneStream.of(new Place(member, Pace.SINGLE, OutcomeClassifier.standard()), CallOptions.DEFAULT);
        large.outboundHeaders();
        large.inboundHeaders(new Metadata());
        Status tooLarge =
                Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 4194304: 5000000");
        assertThat(large.outcomeOf(tooLarge)).isEqualTo(Outcome.CLIENT_ERROR);

        large.inboundTrailers(new Metadata());
        assertThat(large.outcomeOf(Status.RESOURCE_EXHAUSTED)).isInstanceOf(Outcome.Overloaded.class);
    }

    @Test
    void one_that_is_only_counted_costs_one_object_and_one_that_is_timed_a_lease_besides() {
        Place place = new Place(silent(), Pace.SINGLE, OutcomeClassifier.standard());
        assertThat(bytesOf(place)).isLessThanOrEqualTo(COUNTED + Allocation.NOTHING);
        place.member().setTimed(true);
        assertThat(bytesOf(place)).isLessThanOrEqualTo(WITH_LEASE + Allocation.NOTHING);
    }

    private Member silent() {
        return new Member(
                TestEndpoints.TARGET, TestEndpoints.endpoint(1), new EndpointStates(), clock, BalancerObserver.NONE);
    }

    private double bytesOf(Place place) {
        return Allocation.bytesPerRun(() -> {
            ClientStreamTracer stream = LoneStream.of(place, CallOptions.DEFAULT);
            last = stream;
            stream.outboundHeaders();
            stream.streamClosed(Status.OK);
        });
    }
}
