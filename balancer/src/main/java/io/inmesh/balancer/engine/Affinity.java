package io.inmesh.balancer.engine;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Picker;
import io.inmesh.api.Usability;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.pick.affinity.ServiceAffinity;
import io.inmesh.balancer.pick.affinity.SessionAffinity;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts what keeps a client with its endpoint around a picker. It accepts whoever is usable, wherever the stages placed him (balancing
 * contract: affinity runs before the picker, and only asks what the resolver asked).
 *
 * @param clock the mesh's
 */
record Affinity(NanoClock clock) {

    /** A picker that chooses among the arranged, or one around it. */
    Picker over(Picker picker, Collection<? extends Member> members, EndpointSet set, BalancerConfig config) {
        Duration timeout = set.facts().sessionAffinity();
        return switch (config.affinity().mode()) {
            case OFF -> picker;
            case SERVICE -> timeout == null ? picker : service(picker, members, timeout);
            case STRONG -> sessions(picker, members, config);
        };
    }

    /** True if somebody stays with an endpoint. */
    boolean isOn(EndpointSet set, BalancerConfig config) {
        return switch (config.affinity().mode()) {
            case OFF -> false;
            case SERVICE -> set.facts().sessionAffinity() != null;
            case STRONG -> true;
        };
    }

    /** A picker that rejects, or one around it that still serves sessions. */
    Picker sessions(Picker picker, Collection<? extends Member> members, BalancerConfig config) {
        if (config.affinity().mode() != AffinityConfig.Mode.STRONG) {
            return picker;
        }
        Map<String, Member> byToken = new HashMap<>();
        for (Member member : members) {
            if (mayServeSessions(member) && member.canBeStayedWith()) {
                byToken.put(member.sessionToken(), member);
            }
        }
        return new SessionAffinity(picker, byToken);
    }

    private static boolean mayServeSessions(Member member) {
        Usability usability = member.endpoint().usability();
        return usability.isUsable() || usability instanceof Usability.Draining;
    }

    private Picker service(Picker picker, Collection<? extends Member> members, Duration timeout) {
        List<? extends Member> eligible = members.stream()
                .filter(member -> member.endpoint().usability().isUsable()
                        && member.endpoint().weight() > 0
                        && member.canBeStayedWith())
                .toList();
        return eligible.isEmpty()
                ? picker
                : new ServiceAffinity(picker, eligible, eligible.get(0).affinity(), clock, timeout.toNanos());
    }
}
