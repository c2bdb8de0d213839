package io.inmesh.balancer.engine;

import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.Member;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Tells members when they are full.
 *
 * <p>A trial is heeded while somebody is there who is healthy, and not in a panic: nobody shall go without an endpoint because the only one left is
 * on trial.
 *
 * <p>Threads: one balancer's lane.
 */
final class Limits {
    /** Said under the target's name. */
    private static final Rejection FULL = new Rejection(
            Reason.LIMITED,
            "every endpoint has as many requests as it may have; send fewer at a time, add endpoints, or raise limit.endpoint-in-flight");

    /** Whether members were told of a limit last: while none holds they are not looked at. */
    private boolean limited;

    /**
     * Before a picker is made from that layout.
     *
     * @return what a request is told if all are full; null if none can be
     */
    @Nullable
    Rejection heed(Collection<? extends Member> members, Layout layout) {
        boolean trials = false;
        boolean healthy = false;
        boolean panic = false;
        for (Layout.Candidate candidate : layout.candidates()) {
            trials |= candidate.health() == Member.Health.TRIAL;
            healthy |= candidate.health() == Member.Health.HEALTHY;
            panic |= candidate.health() == Member.Health.EJECTED; // Left out by the stages otherwise.
        }
        boolean heeded = trials && healthy && !panic;
        if (heeded || limited) {
            members.forEach(member -> member.limit(Integer.MAX_VALUE, heeded));
        }
        limited = heeded;
        return heeded ? FULL : null;
    }
}
