package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import io.inmesh.balancer.grpc.AttemptLeave.Grant;
import io.inmesh.balancer.state.Member;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream's lease. For calls that we see as a whole it begins when the stream is made, so that a burst of calls sees itself, but for a repeat that gRPC
 * starts only after its back-off; for others, whose end we would not hear of if they never started, when the headers go out.
 *
 * <p>Threads: gRPC's transport calls one after the other, {@code streamClosed} last, but not always from the same thread: hence volatile. The call's
 * attempts ask, and end what is never closed, from any.
 */
final class LeaseTracer extends ClientStreamTracer {
    /** What a server says of when to come back, in milliseconds, or with a minus not to (gRFC A6). */
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private static final long UNKNOWN = -1;

    private final Member member;
    private final @Nullable CallAttempts attempts;
    private final OutcomeClassifier classifier;
    private final Pace pace;
    private final CallOptions options;

    // Written before the stream starts.
    private int number;
    private @Nullable Grant grant;
    private boolean delayed;

    private volatile @Nullable TokenReturn tells;
    private volatile @Nullable Lease lease;
    private volatile long startNanos;
    private volatile boolean sent;
    private volatile boolean headed;
    private volatile boolean spoken;

    /** The end of the peer's answer, which gRPC's engine reads after us; null if the peer gave none. */
    private volatile @Nullable Metadata trailers;

    /** Written as the stream is closed, before the call's attempts hear of that. */
    private volatile @Nullable Status status;

    // Written under the lock of the call's attempts.
    private volatile Outcome outcome = Outcome.CANCELLED;
    private volatile boolean over;
    private volatile boolean hurried;

    /**
     * What is known of a stream before it is made.
     *
     * @param pace what its time says
     * @param options the call's
     * @param headers what is sent first
     * @param tells what to tell of the session with the answer
     */
    record Stream(
            Pace pace,
            CallOptions options,
            Metadata headers,
            @Nullable TokenReturn tells) {}

    private LeaseTracer(Member member, @Nullable CallAttempts attempts, OutcomeClassifier classifier, Stream stream) {
        this.member = member;
        this.attempts = attempts;
        this.classifier = classifier;
        this.pace = stream.pace;
        this.options = stream.options;
        this.tells = stream.tells;
    }

    /** The tracer of a stream on that member. */
    static ClientStreamTracer of(
            Member member, @Nullable CallAttempts attempts, OutcomeClassifier classifier, Stream stream) {
        LeaseTracer tracer = new LeaseTracer(member, attempts, classifier, stream);
        if (attempts != null && !attempts.join(tracer, stream.headers)) {
            return new ClientStreamTracer() {};
        }
        tracer.tellServed();
        return tracer;
    }

    private void tellServed() {
        ServedBy served = options.getOption(MeshChannels.SERVED_BY);
        if (served != null) {
            served.is(member.endpoint());
        }
    }

    Endpoint endpoint() {
        return member.endpoint();
    }

    boolean isAt(Member other) {
        return member == other;
    }

    /** It is not the first of its call. */
    void isFurther(int itsNumber, @Nullable Grant itsGrant, boolean inTurn) {
        number = itsNumber;
        grant = itsGrant;
        delayed = inTurn && (itsGrant == null || !itsGrant.again());
    }

    /** From 0; attempts that are made because gRPC knows that one was not processed have its number. */
    int number() {
        return number;
    }

    /** The attempt that it makes good for, or null. */
    @Nullable
    LeaseTracer repeats() {
        return grant == null ? null : grant.repeats();
    }

    /** True if the budget is to hear of its end. */
    boolean isWithdrawn() {
        return grant != null && grant.withdrawn();
    }

    /** True if gRPC makes its stream now and starts it after a back-off. */
    boolean isDelayed() {
        return delayed;
    }

    /** True if anything of it may have left this process. */
    boolean wasSent() {
        return sent;
    }

    /** False if it has begun before, or is over. */
    boolean begin() {
        if (lease != null || over) {
            return false;
        }
        if (attempts != null && attempts.isTimed()) {
            startNanos = attempts.nanoTime();
        }
        hold(member.begin());
        return true;
    }

    private void hold(Lease begun) {
        if (pace != Pace.SINGLE) {
            begun.streams();
        }
        lease = begun;
    }

    /** Tells observers what it is besides one more. */
    void tellWhy(CallTerms terms) {
        LeaseTracer failed = repeats();
        if (failed != null) {
            failed.member.tellRepeated(failed.outcome);
        } else if (grant != null) {
            terms.observer().hedged(terms.target(), endpoint());
        }
    }

    boolean isOver() {
        return over;
    }

    /** False if it was over before. */
    boolean end(Outcome came) {
        if (over) {
            return false;
        }
        over = true;
        outcome = came;
        return true;
    }

    /** False if there was nothing to end, or somebody else was quicker. */
    boolean complete(Outcome came) {
        Lease held = lease;
        return held != null && held.complete(came);
    }

    Outcome outcome() {
        return outcome;
    }

    /** How its stream ended; for one that did. */
    Status status() {
        return Objects.requireNonNull(status, "status");
    }

    /** True if its stream ended with this very status. */
    boolean endedWith(Status other) {
        return status == other;
    }

    /** What the peer said at the end. */
    Metadata trailers() {
        Metadata told = trailers;
        if (told == null) {
            return new Metadata();
        }
        tidy(told);
        return told;
    }

    /** How long it has had no answer; below 0 if it had one, or if nobody wants to know. */
    long unansweredNanos() {
        return headed ? UNKNOWN : elapsedNanos();
    }

    private long elapsedNanos() {
        return attempts != null && lease != null && attempts.isTimed()
                ? Math.max(0, attempts.nanoTime() - startNanos)
                : UNKNOWN;
    }

    /**
     * Reads what the peer says of when to come back. Where it says nothing, and attempts run beside each other, gRPC is told in its place to make the
     * next one now: by itself it would wait until that is due, though this one has failed.
     *
     * @return true if the peer said not to come back
     */
    boolean readPushback(boolean beside) {
        Metadata told = trailers;
        Status ended = status;
        if (told == null || ended == null || ended.isOk()) {
            return false;
        }
        String said = told.get(PUSHBACK);
        if (said == null
                && beside
                && MethodPolicies.BROKEN.contains(ended.getCode().name())) {
            told.put(PUSHBACK, "0");
            hurried = true;
        }
        return said != null && said.startsWith("-");
    }

    /** The caller sees what the peer sent. */
    void tidy(Metadata told) {
        if (hurried && told == trailers) {
            told.discardAll(PUSHBACK);
        }
    }

    @Override
    public void outboundHeaders() {
        sent = true;
        if (lease == null) {
            if (attempts == null) {
                begin();
            } else {
                attempts.begin(this);
            }
        }
    }

    @Override
    public void inboundHeaders(Metadata headers) {
        headed = true;
        if (attempts != null) {
            attempts.answered(elapsedNanos());
        }
        answerBegins(headers);
    }

    @Override
    public void inboundMessage(int seqNo) {
        spoken = true;
        Lease held = lease;
        // In a conversation the first word comes when the caller has said what it answers to.
        if (held != null && pace != Pace.CONVERSATION) {
            held.answered();
        }
    }

    @Override
    public void inboundTrailers(Metadata end) {
        trailers = end;
        answerBegins(end);
    }

    /** With headers, or with trailers where those are all. What is written into them the caller reads. */
    private void answerBegins(Metadata metadata) {
        tellServed();
        TokenReturn token = tells;
        if (token != null) {
            tells = null;
            token.into(metadata);
        }
    }

    @Override
    public void streamClosed(Status closed) {
        status = closed;
        Outcome came = outcomeOf(closed);
        if (attempts == null) {
            complete(came);
        } else {
            attempts.closed(this, came);
        }
    }

    private Outcome outcomeOf(Status closed) {
        Delivery delivery = sent ? Delivery.SENT : Delivery.NOT_SENT;
        Status.Code code = isLate(closed.getCode()) ? Status.Code.DEADLINE_EXCEEDED : closed.getCode();
        if (code == Status.Code.DEADLINE_EXCEEDED && spoken && pace != Pace.SINGLE) {
            return Outcome.CANCELLED; // A stream that went on until its caller had enough was not too slow.
        }
        // Without trailers the status is this side's own word for a connection that broke: the peer gave no code.
        boolean local = trailers == null && isFailure(code);
        int told = local ? OutcomeClassifier.NO_CODE : code.value();
        return classifier.classify(Wire.GRPC, told, closed.getCause(), delivery);
    }

    /** A call whose deadline has passed takes its streams back, and does not tell them why. */
    private boolean isLate(Status.Code code) {
        Deadline deadline = attempts == null ? options.getDeadline() : attempts.deadline();
        return code == Status.Code.CANCELLED && trailers == null && deadline != null && deadline.isExpired();
    }

    private static boolean isFailure(Status.Code code) {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN;
    }
}
