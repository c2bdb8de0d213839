package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints from pods alone, as the slice controller would make them (group I). What comes out is judged like what slices give; there
 * are no hints (rule I-6). Pure.
 */
public final class PodRules {
    /** A pod that is not shutting down comes before one that is (rule A-7), else the ready one (rule A-8). */
    private static final Comparator<PodObject> PREFERRED = Comparator.comparing(PodObject::terminating)
            .thenComparing(pod -> !pod.ready())
            .thenComparing(pod -> pod.id().name());

    /** The endpoints, or why there is no port. */
    public sealed interface Answer {}

    /** A set, perhaps empty, in an order that does not depend on that of the pods. */
    public record Found(List<JoinedEndpoint> endpoints) implements Answer {}

    /** No port. */
    public record Refused(Unresolved unresolved) implements Answer {}

    private PodRules() {}

    /**
     * Finds the endpoints of a port.
     *
     * @param wanted for people, the beginning of a refusal
     * @param pods those that the selector matches
     * @param port a number, used as it is, or a container port's name, or null for the only one (rules I-5, P-10)
     */
    public static Answer endpoints(
            String wanted, Collection<PodObject> pods, AddressFamily family, @Nullable String port, Protocol protocol) {
        List<PodObject> listed = pods.stream()
                .filter(pod -> !pod.finished() && !pod.ips().isEmpty())
                .toList(); // I-3
        String sought = port;
        if (sought == null) {
            SortedSet<String> all = ports(listed, protocol);
            if (all.size() > 1 || (all.isEmpty() && !listed.isEmpty())) {
                return refused(wanted, all, protocol);
            }
            sought = all.isEmpty() ? "" : all.first();
        } else if (!ServicePorts.isNumber(sought) && !listed.isEmpty() && !anyHas(sought, listed, protocol)) {
            return new Refused(new Unresolved(
                    Reason.NO_SUCH_PORT,
                    wanted + ": no container of its " + listed.size() + " pods has a " + protocol + " port named '"
                            + sought + "', they have " + list(ports(listed, protocol))
                            + "; name one of these, or give a number"));
        }
        return new Found(join(listed, family, sought, protocol));
    }

    /**
     * The label selector of a service's own pods, for the API: equality only (rule I-1). Empty for a service without a selector, which has
     * no pods of its own, though the API would give all pods for it (rules I-2, S-4).
     */
    public static Optional<String> selectorOf(ServiceObject service) {
        return service.selector().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .sorted()
                .reduce((one, other) -> one + "," + other);
    }

    /** The families that pods have addresses of, that of the first address of most pods first (rule I-4); both if there are no pods. */
    public static List<AddressFamily> families(Collection<PodObject> pods) {
        int four = 0;
        int six = 0;
        boolean both = false;
        for (PodObject pod : pods) {
            if (!pod.ips().isEmpty()) {
                boolean first = isOf(AddressFamily.IPV4, pod.ips().get(0));
                four += first ? 1 : 0;
                six += first ? 0 : 1;
                both |= pod.ips().size() > 1;
            }
        }
        AddressFamily primary = six > four ? AddressFamily.IPV6 : AddressFamily.IPV4;
        return both || (four > 0) == (six > 0) ? List.of(primary, primary.other()) : List.of(primary);
    }

    private static boolean isOf(AddressFamily family, String ip) {
        return AddressFamily.of(ip).filter(family::equals).isPresent();
    }

    private static Refused refused(String wanted, SortedSet<String> all, Protocol protocol) {
        Reason reason = all.isEmpty() ? Reason.NO_SUCH_PORT : Reason.AMBIGUOUS_PORT;
        return new Refused(new Unresolved(
                reason,
                wanted + ": no port is given, and the containers of its pods have " + list(all) + " as " + protocol
                        + " ports; name one, or give a number (rules I-5, P-10)"));
    }

    private static String list(SortedSet<String> ports) {
        return ports.isEmpty() ? "none" : String.join(", ", ports);
    }

    /** What ports there are: by name, or by number where they have none. */
    private static SortedSet<String> ports(List<PodObject> pods, Protocol protocol) {
        SortedSet<String> ports = new TreeSet<>();
        for (PodObject pod : pods) {
            for (PodObject.Port port : pod.ports()) {
                if (port.protocol() == protocol) {
                    ports.add(port.name().isEmpty() ? Integer.toString(port.number()) : port.name());
                }
            }
        }
        return ports;
    }

    private static boolean anyHas(String name, List<PodObject> pods, Protocol protocol) {
        return pods.stream().anyMatch(pod -> number(pod, name, protocol).isPresent());
    }

    /** Rules I-5, P-6, P-7. */
    private static OptionalInt number(PodObject pod, String port, Protocol protocol) {
        if (ServicePorts.isNumber(port)) {
            return OptionalInt.of(Integer.parseInt(port));
        }
        return pod.ports().stream()
                .filter(each -> each.protocol() == protocol && each.name().equals(port))
                .mapToInt(PodObject.Port::number)
                .findFirst();
    }

    private static List<JoinedEndpoint> join(
            List<PodObject> pods, AddressFamily family, String port, Protocol protocol) {
        TreeMap<String, Held> best =
                new TreeMap<>(); // By address: pods on the host's network may share one (rule A-5).
        for (PodObject pod : pods) {
            OptionalInt number = number(pod, port, protocol);
            Optional<String> address =
                    pod.ips().stream().filter(ip -> isOf(family, ip)).findFirst();
            if (number.isPresent() && address.isPresent()) {
                JoinedEndpoint joined = new JoinedEndpoint(endpoint(pod, address.get()), number.getAsInt(), null);
                best.merge(
                        address.get() + " " + number.getAsInt(),
                        new Held(pod, joined),
                        (held, next) -> PREFERRED.compare(next.pod(), held.pod()) < 0 ? next : held);
            }
        }
        return best.values().stream().map(Held::joined).toList();
    }

    private record Held(PodObject pod, JoinedEndpoint joined) {}

    /** Rule C-2, of which I-3 is the same. */
    private static SliceEndpoint endpoint(PodObject pod, String address) {
        return new SliceEndpoint(
                address,
                pod.ready() && !pod.terminating(),
                pod.ready(),
                pod.terminating(),
                pod.locality(),
                null,
                pod.uid().isEmpty() ? null : pod.uid(),
                pod.id().name(),
                List.of(),
                List.of());
    }
}
