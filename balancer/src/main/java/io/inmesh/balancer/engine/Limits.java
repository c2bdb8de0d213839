package io.inmesh.balancer.engine;

import io.inmesh.api.Picker;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.config.LimitConfig;
import io.inmesh.balancer.pick.ServiceCap;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.Member;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Tells members when they are full, and puts the limit of the whole service port around a picker.
 *
 * <p>A trial is heeded while somebody is there who is healthy, and not in a panic: nobody shall go without an endpoint because the only one left is
 * on trial.
 *
 * <p>Threads: one balancer's lane.
 */
final class Limits {
    /** Said under the target's name, as is the other. */
    private static final Rejection ENDPOINTS_FULL = new Rejection(
            Reason.LIMITED,
            "every endpoint has as many requests in flight as it may have; send fewer at a time, add endpoints, or raise limit.endpoint-in-flight");

    /** Said to a request of a session, which does not move to another endpoint. */
    static final Rejection SESSION_FULL = new Rejection(
            Reason.LIMITED,
            "the session's endpoint has as many requests in flight as it may have; send fewer at a time, or raise limit.endpoint-in-flight");

    private static final Rejection SERVICE_FULL = new Rejection(
            Reason.LIMITED,
            "as many requests are in flight as may be; send fewer at a time, or raise limit.service-in-flight");

    /** Whether members were told of a limit last: while none holds they are not looked at. */
    private boolean told;

    /**
     * Before a picker is made from that layout.
     *
     * @return what a request is told if all are full; null if none can be
     */
    @Nullable
    Rejection heed(Collection<? extends Member> members, Layout layout, LimitConfig config) {
        return heed(members, areHeeded(layout), config);
    }

    /** While nobody but sessions is served. */
    void heed(Collection<? extends Member> members, LimitConfig config) {
        heed(members, false, config);
    }

    private @Nullable Rejection heed(Collection<? extends Member> members, boolean trials, LimitConfig config) {
        int cap = config.endpointInFlight() == 0 ? Integer.MAX_VALUE : config.endpointInFlight();
        boolean counted = config.serviceInFlight() > 0;
        boolean limited = trials || cap != Integer.MAX_VALUE;
        if (limited || counted || told) {
            for (Member member : members) {
                member.limit(cap, trials);
                member.setCounted(counted);
            }
        }
        told = limited || counted;
        return limited ? ENDPOINTS_FULL : null;
    }

    private static boolean areHeeded(Layout layout) {
        boolean trials = false;
        boolean healthy = false;
        boolean panic = false;
        for (Layout.Candidate candidate : layout.candidates()) {
            trials |= candidate.health() == Member.Health.TRIAL;
            healthy |= candidate.health() == Member.Health.HEALTHY;
            panic |= candidate.health() == Member.Health.EJECTED; // Left out by the stages otherwise.
        }
        return trials && healthy && !panic;
    }

    /** The picker, or one around it that heeds the limit of the service port that these members are of. */
    Picker around(Picker picker, Collection<? extends Member> members, LimitConfig config) {
        return config.serviceInFlight() == 0
                ? picker
                : new ServiceCap(
                        picker, members.iterator().next()::serviceInFlight, config.serviceInFlight(), SERVICE_FULL);
    }
}
