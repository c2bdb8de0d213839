package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What resolving needs of one Pod (group I).
 *
 * @param id its namespace and name
 * @param uid its identity
 * @param version its resource version
 * @param finished whether its phase is Succeeded or Failed
 * @param ready whether its condition Ready is True, readiness gates included
 * @param terminating whether it is being deleted
 * @param ips its addresses, one for each family, in canonical form
 * @param locality its node, and its zone if a label of its own tells it (rule I-4)
 * @param ports its ports, those of regular containers before those of sidecars (rule P-6)
 * @param weight its weight as written, or null
 * @param selectedBy the selectors in use that select it, as far as whoever read it knows
 */
public record PodObject(
        ObjectName id,
        String uid,
        String version,
        boolean finished,
        boolean ready,
        boolean terminating,
        List<String> ips,
        Locality locality,
        List<Port> ports,
        @Nullable String weight,
        Set<String> selectedBy) {

    public PodObject {
        ips = List.copyOf(ips);
        ports = List.copyOf(ports);
        selectedBy = Set.copyOf(selectedBy);
    }

    /** What has to differ for a change to be one (rule A-13). */
    public PodObject withoutVersion() {
        return new PodObject(id, uid, "", finished, ready, terminating, ips, locality, ports, weight, selectedBy);
    }

    /** A container port; the name is empty for an unnamed one. */
    public record Port(String name, Protocol protocol, int number) {}
}
