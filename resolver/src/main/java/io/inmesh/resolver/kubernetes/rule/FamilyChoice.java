package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the one family whose endpoints are used; the two are never mixed, a dual-stack pod would count twice (rule F-4). */
public final class FamilyChoice {
    private FamilyChoice() {}

    /**
     * Chooses.
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
}
