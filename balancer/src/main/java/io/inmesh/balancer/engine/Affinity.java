package io.inmesh.balancer.engine;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Picker;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.pick.affinity.ServiceAffinity;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Puts what keeps a client with its endpoint around a picker. It accepts whoever is usable, wherever the stages placed him (balancing
 * contract: affinity runs before the picker, and only asks what the resolver asked).
 *
 * @param clock the mesh's
 */
record Affinity(NanoClock clock) {

    /** That picker, or one around it. */
    Picker over(Picker picker, Collection<? extends Member> members, EndpointSet set, BalancerConfig config) {
        Duration timeout = set.facts().sessionAffinity();
        if (config.affinity().mode() != AffinityConfig.Mode.SERVICE || timeout == null) {
            return picker;
        }
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
