package io.inmesh.balancer.state;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The lease on a member: 32 bytes with the stamp, the only object that a request costs. Its phase moves forward only, by one atomic step
 * each, so that of any number of callers one ends it.
 */
final class StateLease implements Lease {
    /** Start stamp of a lease that is not timed. A clock may show this number once in 292 years; that request is not timed, no more. */
    static final long UNTIMED = Long.MIN_VALUE;

    private static final int RUNNING = 0;
    private static final int ANSWERED = 1;
    private static final int ENDED = 2;

    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(StateLease.class, "phase", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Member member;
    private final long startNanos;

    /** Moved through PHASE alone, by any thread. */
    @SuppressWarnings("UnusedVariable") // read and written through the VarHandle
    private volatile int phase;

    StateLease(Member member, long startNanos) {
        this.member = member;
        this.startNanos = startNanos;
        member.state().begin();
    }

    @Override
    public Endpoint endpoint() {
        return member.endpoint();
    }

    @Override
    public void answered() {
        if (PHASE.compareAndSet(this, RUNNING, ANSWERED) && startNanos != UNTIMED) {
            long now = member.clock().nanoTime();
            member.state().answered(now - startNanos, now);
        }
    }

    @Override
    public boolean complete(Outcome outcome) {
        int before = (int) PHASE.getAndSet(this, ENDED);
        if (before == ENDED) {
            return false;
        }
        long elapsed = -1;
        if (startNanos != UNTIMED) {
            long now = member.clock().nanoTime();
            elapsed = now - startNanos;
            boolean answer = outcome instanceof Outcome.Success || outcome instanceof Outcome.ClientError;
            if (answer && before == RUNNING) {
                member.state().answered(elapsed, now);
            } else if (!answer) {
                member.state().ended(outcome, elapsed, now);
            }
        }
        member.state().end();
        member.observer().completed(member.target(), member.endpoint(), outcome, elapsed);
        return true;
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
