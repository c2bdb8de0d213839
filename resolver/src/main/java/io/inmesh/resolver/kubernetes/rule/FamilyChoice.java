package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Chooses the one family whose endpoints are used; the two are never mixed, a dual-stack pod would count twice (rule F-4). */
public final class FamilyChoice {
    private FamilyChoice() {}

    /**
     * Chooses by what service and host have.
     *
     * @param service the service's families, the primary one first, at least one (rule F-2)
     * @param configured the family asked for by configuration, or null
     * @param host the families that this host has addresses of
     */
    static AddressFamily choose(
            List<AddressFamily> service, @Nullable AddressFamily configured, Set<AddressFamily> host) {
        if (configured != null && service.contains(configured)) {
            return configured;
        }
        AddressFamily primary = service.get(0);
        AddressFamily other = primary.other();
        boolean onlyTheOtherWorks = !host.contains(primary) && service.contains(other) && host.contains(other);
        return onlyTheOtherWorks ? other : primary;
    }

    /**
     * Chooses by usable endpoints as well (rule F-5): the other family if the preferred one has none, the other one has some, and service
     * and host have that family. Nothing is remembered, so the preferred one is back as soon as it has usable endpoints.
     *
     * @param hasUsable whether the port has usable endpoints in a family; asked for the second only if the first has none
     */
    static AddressFamily choose(
            List<AddressFamily> service,
            @Nullable AddressFamily configured,
            Set<AddressFamily> host,
            Predicate<AddressFamily> hasUsable) {
        AddressFamily preferred = choose(service, configured, host);
        AddressFamily other = preferred.other();
        boolean possible = service.contains(other) && host.contains(other);
        return possible && !hasUsable.test(preferred) && hasUsable.test(other) ? other : preferred;
    }

    /** Both families for addresses outside the pod network, the one to prefer first; one that this host lacks comes last. */
    static List<AddressFamily> order(
            List<AddressFamily> service, @Nullable AddressFamily configured, Set<AddressFamily> host) {
        AddressFamily preferred = choose(service, configured, host);
        AddressFamily other = preferred.other();
        boolean swap = configured != preferred && !host.contains(preferred) && host.contains(other);
        return swap ? List.of(other, preferred) : List.of(preferred, other);
    }
}
