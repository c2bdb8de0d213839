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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts what keeps a client with its endpoint around a picker. It accepts whoever is usable, wherever the stages placed him (balancing
 * contract: affinity runs before the picker, and only asks what the resolver asked).
 *
 * @param clock the mesh's
 */
record Affinity(NanoClock clock) {

    /**
     * Who may be stayed with, and how. Members are compared as objects.
     *
     * @param mode how
     * @param members who
     * @param timeout how long this process stays without a call; null where sessions stay
     */
    record Stayed(
            AffinityConfig.Mode mode,
            List<Member> members,
            @Nullable Duration timeout) {
        private static final Stayed NOBODY = new Stayed(AffinityConfig.Mode.OFF, List.of(), null);
    }

    /**
     * Who may be stayed with now.
     *
     * @param hasWeight whether a member may get new requests, as far as weights go; asked only where this process stays
     */
    Stayed stayed(
            Collection<? extends Member> members, EndpointSet set, BalancerConfig config, Predicate<Member> hasWeight) {
        Duration timeout = set.facts().sessionAffinity();
        return switch (config.affinity().mode()) {
            case OFF -> Stayed.NOBODY;
            case SERVICE -> timeout == null ? Stayed.NOBODY : ofProcess(members, timeout, hasWeight);
            case STRONG -> sessions(members, config);
        };
    }

    /** Whom sessions may stay with now, whether or not anybody else can be served. */
    Stayed sessions(Collection<? extends Member> members, BalancerConfig config) {
        if (config.affinity().mode() != AffinityConfig.Mode.STRONG) {
            return Stayed.NOBODY;
        }
        List<Member> serving = new ArrayList<>();
        for (Member member : members) {
            if (mayServeSessions(member) && member.canBeStayedWith()) {
                serving.add(member);
            }
        }
        return new Stayed(AffinityConfig.Mode.STRONG, serving, null);
    }

    private static boolean mayServeSessions(Member member) {
        Usability usability = member.endpoint().usability();
        return usability.isUsable() || usability instanceof Usability.Draining;
    }

    private static Stayed ofProcess(
            Collection<? extends Member> members, Duration timeout, Predicate<Member> hasWeight) {
        List<Member> eligible = new ArrayList<>();
        for (Member member : members) {
            if (member.endpoint().usability().isUsable() && member.canBeStayedWith() && hasWeight.test(member)) {
                eligible.add(member);
            }
        }
        return eligible.isEmpty() ? Stayed.NOBODY : new Stayed(AffinityConfig.Mode.SERVICE, eligible, timeout);
    }

    /** A picker that chooses where nobody stays with anybody, or one around it. */
    Picker over(Picker picker, Stayed stayed) {
        return switch (stayed.mode()) {
            case OFF -> picker;
            case SERVICE ->
                new ServiceAffinity(
                        picker,
                        stayed.members(),
                        stayed.members().get(0).affinity(),
                        clock,
                        Objects.requireNonNull(stayed.timeout(), "a process stays for a while")
                                .toNanos());
            case STRONG -> {
                Map<String, Member> byToken = new HashMap<>();
                stayed.members().forEach(member -> byToken.put(member.sessionToken(), member));
                yield new SessionAffinity(picker, byToken, Limits.SESSION_FULL);
            }
        };
    }
}
