package io.inmesh.balancer.pick.affinity;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.AffinityMemory;
import io.inmesh.balancer.state.AffinityMemory.Stay;
import io.inmesh.balancer.state.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every call to the endpoint that the last one went to, as a Service with {@code sessionAffinity: ClientIP} wants it (rules Y-1 to Y-5).
 * The picker inside chooses the first one, and the next when that is usable no more or has not been called for the timeout. What is
 * remembered is the choice: one that is never begun does no harm, since the endpoint counts nothing by it.
 *
 * <p>A repeat goes elsewhere and moves nothing, unless the endpoint is gone, and so does a call while the endpoint is full: the next call tries it
 * again.
 *
 * <p>Cost: the clock, two reads, and a write every millisecond. Allocates only when it moves.
 */
public final class ServiceAffinity implements Picker {
    private final Picker inner;
    private final Member[] eligible;
    private final AffinityMemory memory;
    private final NanoClock clock;
    private final long timeoutNanos;

    /** The one found last, so that nobody searches while nothing changes. Written and read by any call; each finds the same. */
    private volatile @Nullable Member found;

    /**
     * Around that picker.
     *
     * @param inner chooses where nothing is remembered
     * @param eligible who may be stayed with
     * @param memory shared by all who reach the port
     * @param timeoutNanos how long without a call ends a stay
     */
    public ServiceAffinity(
            Picker inner, List<? extends Member> eligible, AffinityMemory memory, NanoClock clock, long timeoutNanos) {
        this.inner = inner;
        this.eligible = eligible.toArray(Member[]::new);
        this.memory = memory;
        this.clock = clock;
        this.timeoutNanos = timeoutNanos;
        memory.lastFor(timeoutNanos);
    }

    @Override
    public Choice choose(PickContext context) {
        long now = clock.nanoTime();
        Stay stay = memory.held();
        if (stay != null && !stay.hasLapsed(now, timeoutNanos)) {
            Member member = memberOf(stay);
            if (member != null) {
                return mayHave(member, context) ? used(stay, member, now) : inner.choose(context);
            }
        }
        Choice choice = inner.choose(context);
        return choice instanceof EndpointView chosen ? moved(stay, chosen, context, now) : choice;
    }

    private static boolean mayHave(Member member, PickContext context) {
        return !context.hasTried(member.endpoint()) && !member.isFull();
    }

    private static Member used(Stay stay, Member member, long now) {
        stay.use(now);
        return member;
    }

    private EndpointView moved(@Nullable Stay seen, EndpointView chosen, PickContext context, long now) {
        Stay stay = memory.move(seen, chosen.endpoint().id(), now);
        Member winner = memberOf(stay);
        return winner != null && mayHave(winner, context) ? winner : chosen;
    }

    private @Nullable Member memberOf(Stay stay) {
        Member last = found;
        if (last != null && is(last, stay)) {
            return last;
        }
        for (Member member : eligible) {
            if (is(member, stay)) {
                found = member;
                return member;
            }
        }
        return null;
    }

    private static boolean is(Member member, Stay stay) {
        return member.endpoint().id().equals(stay.endpoint());
    }

    @Override
    public String toString() {
        return "ServiceAffinity[" + inner + "]";
    }
}
