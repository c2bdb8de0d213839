package io.inmesh.resolver.kubernetes.object;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What joining needs of one EndpointSlice.
 *
 * @param id its namespace and name; the name carries no meaning (rule A-1)
 * @param version its resource version, empty if it shows none
 * @param service the service it belongs to (rule A-1), or null if it carries no label
 * @param family the family of its addresses, or null for any that is ignored (rule F-1)
 * @param ports its ports, those without a number left out (rule P-9)
 * @param endpoints its endpoints, those without an address of the family left out (rule A-4)
 * @param triggered when that happened which it was last changed for, or null if unsaid; no part of what it contributes (rule A-15)
 */
public record Slice(
        ObjectName id,
        String version,
        @Nullable ObjectName service,
        @Nullable AddressFamily family,
        List<SlicePort> ports,
        List<SliceEndpoint> endpoints,
        @Nullable Instant triggered) {

    public Slice {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /** True if the two contribute the same, whatever their versions (rule A-13). */
    public boolean contributesLike(Slice other) {
        return Objects.equals(service, other.service)
                && family == other.family
                && ports.equals(other.ports)
                && endpoints.equals(other.endpoints);
    }

    /** The same, made of the objects of another version of it wherever those are equal. */
    Slice sharing(Slice before) {
        return new Slice(
                id.equals(before.id) ? before.id : id,
                version,
                Objects.equals(service, before.service) ? before.service : service,
                family,
                ports.equals(before.ports) ? before.ports : ports,
                sharing(endpoints, before.endpoints),
                triggered);
    }

    /** Looks for each from where the last one was found, since those that stay mostly stay in their order. */
    private static List<SliceEndpoint> sharing(List<SliceEndpoint> endpoints, List<SliceEndpoint> before) {
        List<SliceEndpoint> shared = new ArrayList<>(endpoints.size());
        int next = 0;
        boolean different = endpoints.size() != before.size();
        for (int i = 0; i < endpoints.size(); i++) {
            SliceEndpoint endpoint = endpoints.get(i);
            int at = indexOf(endpoint.address(), before, next);
            boolean same = at >= 0 && before.get(at).equals(endpoint);
            shared.add(same ? before.get(at) : endpoint);
            different |= !same || at != i;
            next = at >= 0 ? at + 1 : next;
        }
        return different ? List.copyOf(shared) : before;
    }

    private static int indexOf(String address, List<SliceEndpoint> endpoints, int from) {
        for (int i = from; i < endpoints.size(); i++) {
            if (endpoints.get(i).address().equals(address)) {
                return i;
            }
        }
        return -1;
    }

    Slice withoutVersion() {
        return new Slice(id, "", service, family, ports, endpoints, null);
    }
}
