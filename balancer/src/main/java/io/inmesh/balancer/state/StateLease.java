package io.inmesh.balancer.state;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The lease on a member: 32 bytes with the stamp, the only object that a request costs. Its progress moves forward only, by one atomic
 * step each, so that of any number of callers one ends it.
 */
class StateLease implements Lease {
    /** Start stamp of a lease that is not timed. A clock may show this number once in 292 years; that request is not timed, no more. */
    static final long UNTIMED = Long.MIN_VALUE;

    // Above 0: one more than the nanoseconds to the answer. 0 is what a new object has, so that a lease needs no
    // volatile write.
    private static final long RUNNING = 0;
    private static final long ENDED = -1;
    private static final long STREAMING = -2;

    private static final long CONVERSING = -3;

    /** From here down: a stream's nanoseconds to its first message, subtracted. */
    private static final long STREAM_ANSWERED = -4;

    private static final VarHandle PROGRESS;

    static {
        try {
            PROGRESS = MethodHandles.lookup().findVarHandle(StateLease.class, "progress", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Member member;
    private final long startNanos;

    /** Moved through PROGRESS alone, by any thread. */
    private volatile long progress;

    StateLease(Member member, long startNanos) {
        this.member = member;
        this.startNanos = startNanos;
        member.state().increment();
    }

    final Member member() {
        return member;
    }

    @Override
    public Endpoint endpoint() {
        return member.endpoint();
    }

    @Override
    public void answered() {
        long before = progress;
        boolean streaming = before == STREAMING;
        if (startNanos == UNTIMED || (before != RUNNING && !streaming)) {
            return;
        }
        long now = member.clock().nanoTime();
        long elapsed = Math.max(0, now - startNanos);
        // When the first message of a stream comes is as often up to what there is to say as to the endpoint.
        if (PROGRESS.compareAndSet(this, before, streaming ? STREAM_ANSWERED - elapsed : elapsed + 1) && !streaming) {
            member.state().answered(elapsed, now);
        }
    }

    @Override
    public void streams() {
        PROGRESS.compareAndSet(this, RUNNING, STREAMING);
    }

    /** Says that a conversation comes of the request: when its answer begins is up to the caller, and says nothing of the endpoint either. */
    final void converses() {
        PROGRESS.compareAndSet(this, RUNNING, CONVERSING);
    }

    @Override
    public void report(LoadReport report) {
        if (progress != ENDED) {
            member.reported(report);
        }
    }

    @Override
    public boolean complete(Outcome outcome) {
        long before = (long) PROGRESS.getAndSet(this, ENDED);
        if (before == ENDED) {
            return false;
        }
        long latency = startNanos == UNTIMED ? -1 : measure(outcome, before);
        if (before <= STREAMING) {
            member.endedStream(outcome, latency);
        } else {
            member.ended(outcome, latency);
        }
        return true;
    }

    /**
     * Feeds what the end says about latency; returns the time to the answer, or to this end if there was no answer before, or -1 for a
     * stream without a message, and for every conversation.
     */
    private long measure(Outcome outcome, long before) {
        long now = member.clock().nanoTime();
        if (before <= STREAMING) {
            if (!Outcome.isAnswer(outcome)) {
                member.state().ended(outcome, 0, now);
            }
            return before > STREAM_ANSWERED ? -1 : STREAM_ANSWERED - before;
        }
        long elapsed = Math.max(0, now - startNanos);
        boolean answer = Outcome.isAnswer(outcome);
        if (answer && before == RUNNING) {
            member.state().answered(elapsed, now);
        } else if (!answer) {
            member.state().ended(outcome, elapsed, now);
        }
        return before == RUNNING ? elapsed : before - 1;
    }

    @Override
    public void close() {
        complete(Outcome.CANCELLED);
    }

    @Override
    public String toString() {
        return "Lease[" + member + "]";
    }
}
