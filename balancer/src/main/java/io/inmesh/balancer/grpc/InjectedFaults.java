package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.fault.Fault;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.fault.InjectedFaultException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Lets faults happen to the attempts of a channel, between the choice of an endpoint and the stream to it: a pick without a result makes gRPC keep the stream
 * until it is shown another picker. Meanwhile its timers for hedges and deadlines run. Only where a mesh was given faults.
 *
 * <p>Threads: any; other pickers are shown in the channel's synchronization context.
 */
final class InjectedFaults {
    private final Engine engine;
    private final Executor context;
    private final Runnable showAnew;

    private InjectedFaults(Engine engine, Executor context, Runnable showAnew) {
        this.engine = engine;
        this.context = context;
        this.showAnew = showAnew;
    }

    /**
     * Those of that mesh; null if it was given none.
     *
     * @param showAnew shows the channel a picker, in its context, though nothing has changed
     */
    static @Nullable InjectedFaults of(Engine engine, Executor context, Runnable showAnew) {
        return engine.faults() == Faults.none() ? null : new InjectedFaults(engine, context, showAnew);
    }

    /** What becomes of a stream for which an attempt is held up; null if there is none, or not any more, and one is to be placed. */
    @Nullable
    PickResult goOn(CallAttempts attempts, PickSubchannelArgs args) {
        HeldAttempt held = attempts.held(args.getHeaders());
        if (held == null) {
            return null;
        }
        if (!held.isDue(engine.clock().nanoTime())) {
            return PickResult.withNoResult();
        }
        ConnectedMember member = held.member();
        if (member.canBeGoneOnWith()) {
            held.release();
            return member.streams().pickResult(typeOf(args));
        }
        held.failsWith(
                Status.UNAVAILABLE.withDescription("the connection to "
                        + member.endpoint().address() + " was lost while a fault delayed the call"),
                Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT));
        return null;
    }

    /** What befalls an attempt there, which has leave; null if nothing does. */
    @Nullable
    PickResult strike(ConnectedMember member, CallAttempts attempts, PickSubchannelArgs args) {
        Fault.Effect fault = engine.faults().next(attempts.terms().target(), member.endpoint(), engine.random());
        if (fault == null) {
            return null;
        }
        Place place = member.streams().placeOf(typeOf(args));
        Metadata headers = args.getHeaders();
        if (fault instanceof Fault.Delay delay) {
            long due = engine.clock().nanoTime() + delay.by().toNanos();
            HeldAttempt.until(due, member, place, attempts, headers);
            showAfter(delay.by());
        } else if (fault instanceof Fault.Failing failing) {
            return fail(HeldAttempt.forEver(member, place, attempts, headers), failing.outcome(), attempts, args);
        } else {
            HeldAttempt.forEver(member, place, attempts, headers);
        }
        return PickResult.withNoResult();
    }

    /**
     * To gRPC the attempt is UNAVAILABLE, and repeated if the call is safe. It would not repeat one of another call, of which nothing was sent, nor one of a call
     * that waits for ready: these are placed once more, by the same leave that repeats need.
     */
    private PickResult fail(
            @Nullable HeldAttempt held, Outcome outcome, CallAttempts attempts, PickSubchannelArgs args) {
        if (held == null) {
            return PickResult.withNoResult();
        }
        InjectedFaultException reason = new InjectedFaultException(held.endpoint(), outcome);
        Status status = Status.UNAVAILABLE.withDescription(reason.getMessage()).withCause(reason);
        held.failsWith(status, outcome);
        if (args.getCallOptions().isWaitForReady()) {
            showAfter(attempts.terms().config().retry().backoff());
            return PickResult.withNoResult();
        }
        if (attempts.course() == Course.ONCE && !held.wasSent()) {
            context.execute(showAnew);
            return PickResult.withNoResult();
        }
        return PickResult.withError(status);
    }

    private void showAfter(Duration delay) {
        Object unused = engine.scheduler().pause(() -> context.execute(showAnew), delay);
    }

    private static MethodType typeOf(PickSubchannelArgs args) {
        return args.getMethodDescriptor().getType();
    }
}
