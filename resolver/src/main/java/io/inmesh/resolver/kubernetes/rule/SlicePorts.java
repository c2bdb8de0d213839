package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which port a caller means where Services may not be read, so that slices alone must tell (rule P-14). Pure. */
public final class SlicePorts {

    /** A port of the slices, or why there is none. */
    public sealed interface Answer {}

    /** The name to look for in slices, whether or not one has it today. */
    public record Found(PortName port) implements Answer {}

    /** None. */
    public record Refused(Unresolved unresolved) implements Answer {}

    private SlicePorts() {}

    /**
     * Finds the port.
     *
     * @param slices all slices of the service, of both families
     * @param forbidden the text of the 403 on Services, with the Role to add (rule R-6)
     */
    public static Answer find(Wanted wanted, Collection<Slice> slices, String forbidden) {
        String port = wanted.port();
        if (port == null) {
            return theOnlyOne(wanted, slices, forbidden);
        }
        if (!ServicePorts.isNumber(port)) {
            return wanted.protocol() == Protocol.TCP
                    ? new Found(new PortName(port, Protocol.TCP))
                    : forbidden(wanted, "a port name alone means TCP there", forbidden);
        }
        return byNumber(Integer.parseInt(port), wanted, slices, forbidden);
    }

    /** The number is the Service's, which is not in slices; taken only where it can hardly be another. */
    private static Answer byNumber(int number, Wanted wanted, Collection<Slice> slices, String forbidden) {
        Set<String> names = new HashSet<>();
        boolean everywhere = true;
        for (Slice slice : slices) {
            if (slice.family() == null
                    || (slice.ports().isEmpty() && slice.endpoints().isEmpty())) {
                continue; // A-9, F-1: a placeholder, or of no family, contributes nothing.
            }
            List<String> here = slice.ports().stream()
                    .filter(port -> port.protocol() == wanted.protocol() && port.number() == number)
                    .map(SlicePort::name)
                    .toList();
            everywhere &= !here.isEmpty();
            names.addAll(here);
        }
        return everywhere && names.size() == 1
                ? new Found(new PortName(names.iterator().next(), wanted.protocol()))
                : forbidden(wanted, "the number is not that of one port in every EndpointSlice", forbidden);
    }

    private static Answer theOnlyOne(Wanted wanted, Collection<Slice> slices, String forbidden) {
        Set<String> names = slices.stream()
                .filter(slice -> slice.family() != null)
                .flatMap(slice -> slice.ports().stream())
                .filter(port -> port.protocol() == wanted.protocol())
                .map(SlicePort::name)
                .collect(Collectors.toCollection(TreeSet::new));
        if (names.size() == 1) {
            return new Found(new PortName(names.iterator().next(), wanted.protocol()));
        }
        return names.isEmpty()
                ? forbidden(wanted, "no EndpointSlice has a " + wanted.protocol() + " port", forbidden)
                : new Refused(new Unresolved(
                        Reason.AMBIGUOUS_PORT,
                        wanted.describe() + ": its EndpointSlices have " + names.size() + " " + wanted.protocol()
                                + " ports, " + String.join(", ", names) + "; name one (rule P-10)"));
    }

    private static Refused forbidden(Wanted wanted, String why, String forbidden) {
        return new Refused(new Unresolved(
                Reason.FORBIDDEN,
                wanted.describe() + ": which port is meant cannot be told from EndpointSlices alone, " + why
                        + "; name the port, or let Services be read (rule P-14): " + forbidden));
    }
}
